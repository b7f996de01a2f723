"""Local copies of articles' pictures: downloading them safely, recognising their format, storing them."""
