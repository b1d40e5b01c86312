//! The program itself, serving: how it ends, what it does when its disk or its database fail it, and how it is reached behind a proxy.

mod serving;
