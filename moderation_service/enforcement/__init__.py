"""Making the content stores obey: the wanted state of each article, tried until it is read back."""
