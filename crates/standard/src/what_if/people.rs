//! What a standard says of people. Much of it is not theirs alone (the titles and vetoes of their union), and they are few, so they are judged one by one and
//! not in columns.

use crate::judgement::{Judgement, Reason, Status};

/// Where somebody stands with a title that people apply for, as an application is judged, and what stands against it: met where nothing does, unmet where
/// something is so that bars it, unknown where all that does is not known. `None` where people can't hold the title.
pub fn standing<'a>(judgement: &'a Judgement, title: &str) -> Option<(Status, &'a [Reason])> {
    let may = judgement.may_apply.get(title)?;
    let by_criteria = judgement.verdict(title)?.status;
    let is_barred = may
        .because
        .iter()
        .any(|reason| !matches!(reason, Reason::Criteria(_)));
    let status = if may.allowed {
        Status::Met
    } else if is_barred {
        Status::Unmet
    } else {
        by_criteria
    };
    Some((status, &may.because))
}
