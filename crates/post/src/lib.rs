//! What goes out: mail by SMTP, text messages by a gateway that is reached over HTTPS, and the letters that are sent. It knows no SQL and no pages; what
//! is due, and what became of it, `jianjia_app::office::post` reads and keeps. Start at `work`.

#![deny(clippy::unwrap_used)]

pub mod gateway;
pub mod https;
pub mod letter;
pub mod mail;
pub mod reset;
pub mod work;

use std::sync::LazyLock;

use jianjia_app::core::job::Work;

/// What each kind of job does, with the one that sends.
pub fn works() -> &'static [Work] {
    static WORKS: LazyLock<Vec<Work>> =
        LazyLock::new(|| [jianjia_app::WORKS, &[work::WORK, reset::WORK]].concat());
    &WORKS
}

/// How an attempt went wrong before anybody answered about this one letter: the others of this run need not try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable(pub String);
