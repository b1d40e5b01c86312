//! The program itself, serving: how it ends, and what it does when its disk or its database fail it.

mod serving;
