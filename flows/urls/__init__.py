"""Addresses of pages: normal form, URI, SURT, variants, the stated address."""
