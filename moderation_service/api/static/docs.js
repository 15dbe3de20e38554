// Starts Swagger UI on our own document; a file of its own, so that the page needs no inline script.
window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    // Without this the page would ask a validator on the internet.
    validatorUrl: null,
  });
});
