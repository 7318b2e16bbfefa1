"""Gold of one's own: pages whose lines a person has confirmed, and how far the cleaned text is from them."""
