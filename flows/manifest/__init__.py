"""What is known of the files of a source without opening them."""
