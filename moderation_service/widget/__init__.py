"""The readers' edge: the button a site embeds, the form behind it for pages without scripts, and the receipts."""
