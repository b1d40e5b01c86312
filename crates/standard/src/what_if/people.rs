//! What a standard says of people. Much of it is not theirs alone (the titles and vetoes of their union), and they are few, so they are judged one by one and
//! not in columns.

use crate::judgement::{Judgement, Reason, Status};
use crate::kinds::Kind;
use crate::programme::{Standard, Title};

/// Whether two standards judge every person alike, for all that can be seen without judging one: they differ in nothing but what units are asked. Where this
/// is false they may still come to the same.
pub fn judges_alike(one: &Standard, other: &Standard) -> bool {
    // Of a title that units hold people are asked whether their union has it, or one of its tier.
    let is_alike = |one: &Title, other: &Title| {
        one == other
            || !one.kinds.contains(&Kind::Person)
                && !other.kinds.contains(&Kind::Person)
                && (&one.key, &one.ladder, &one.tier) == (&other.key, &other.ladder, &other.tier)
    };
    let mut titles = one.titles.iter().zip(&other.titles);
    one.titles.len() == other.titles.len()
        && titles.all(|(one, other)| is_alike(one, other))
        && one.programme == other.programme
        && one.parameters == other.parameters
        && one.tiers == other.tiers
        && one.facts == other.facts
        && one.vetoes == other.vetoes
        && one.equivalence == other.equivalence
        && one.rating == other.rating
}

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
