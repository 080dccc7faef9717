"""The rules of products, and of the activities that prove their quality."""
