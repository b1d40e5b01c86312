//! The web as people meet it: the real router over a real database on each engine, a standing clock, a client with cookies.
//! One file a noun in `stories`, one line in its list.

mod site;
mod stories;
