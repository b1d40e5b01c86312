//! A judgement in sentences: the shortest honest thing to say about each criterion.
