//! The trail: one line an act, written in the act's own transaction, sealed later in a hash chain.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::ids::{AuditId, UnitId};

/// One line of the trail. `detail` is what the act was given or changed, as JSON without personal data beyond need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Timestamp,
    /// Account id and name as text; empty for the calendar and the command line.
    pub account_id: String,
    pub account_name: String,
    pub act: String,
    pub noun: String,
    pub noun_id: String,
    pub unit_id: Option<UnitId>,
    pub unit_path: String,
    pub detail: serde_json::Value,
}
