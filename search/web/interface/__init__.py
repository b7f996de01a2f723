"""The API as a whole: what its addresses take and answer, declared once; the document and the page of it."""
