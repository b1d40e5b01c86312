//! Certificates of titles: signed, so that whoever holds one up can be believed or not, without asking us or by asking us. `docs/certificates.md` says
//! what third parties may rely on.
//!
//! `token` is what stands in the code of a certificate, and how it is verified; `key` are the keys, `list` is what is published of all certificates,
//! `look` what the public page says of one, `paper` what is printed.

pub mod key;
pub mod list;
pub mod look;
pub mod paper;
pub mod token;

use crate::core::error::refuses;

refuses!(jianjia_domain::honour::certificate::CertificateRefusal);

/// The path of a certificate's public page, before its token.
pub const PAGE: &str = "/c/";

/// Where the public keys are.
pub const KEYS: &str = "/.well-known/jwks.json";

/// Where the status list is.
pub const STATUS_LIST: &str = "/certificates/status-list";
