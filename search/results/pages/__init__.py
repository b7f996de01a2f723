"""What single pages add to a search: pictures by their captions, the hits beside an article, tags that say
the same. A page of results itself is made in the folder above."""
