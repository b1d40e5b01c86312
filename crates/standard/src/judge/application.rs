//! Whether a subject may apply for a title, and why not.

use jiff::civil::Date;

use crate::judge::assess::Known;
use crate::judgement::{MayApply, Reason, Status, Verdict};
use crate::kinds::Kind;
use crate::programme::{Standard, Title};
use crate::subject::{HeldTitle, Subject, VetoState};

/// Whether a title is held on a day: given within the programme up to the year of the day, or an earlier honour that counts by the equivalence
/// clause.
pub fn holds(standard: &Standard, held: &[HeldTitle], title: &str, as_of: Date) -> bool {
    let tier = standard.title(title).map(|title| title.tier.as_str());
    held.iter().filter(|held| held.title == title).any(|held| {
        let within = held.year >= standard.programme.first_year && held.year <= as_of.year();
        let equivalent = standard.equivalence.as_ref().is_some_and(|equivalence| {
            Some(equivalence.tier.as_str()) == tier
                && held.year <= equivalence.given_until
                && held.year <= as_of.year()
                && held
                    .level
                    .is_some_and(|level| equivalence.levels.contains(&level))
                && (held.reconfirmed || !equivalence.must_be_reconfirmed)
        });
        within || equivalent
    })
}

/// The reasons against an application: vetoes, the title below, the criteria of the whole chain (lowest tier first),
/// the title of the union.
pub(crate) fn may_apply(
    known: &Known<'_>,
    title: &Title,
    chain: &[&Title],
    verdicts: &[Verdict],
) -> MayApply {
    let Known {
        standard,
        subject,
        as_of,
        ..
    } = *known;
    let mut because: Vec<Reason> = vetoes(standard, subject, title, as_of)
        .into_iter()
        .map(Reason::Veto)
        .collect();
    if let Some(below) = title.below.as_deref().filter(|_| title.needs_below)
        && !holds(standard, &subject.titles, below, as_of)
    {
        because.push(Reason::Needs(below.to_owned()));
    }
    let open = |status| matches!(status, Status::Unmet | Status::Unknown);
    for tier in chain {
        let Some(verdict) = verdicts.iter().find(|verdict| verdict.title == tier.key) else {
            continue;
        };
        for criterion in verdict
            .criteria
            .iter()
            .filter(|criterion| open(criterion.status))
        {
            let reason = Reason::Criteria(criterion.clause.clone());
            if !because.contains(&reason) {
                because.push(reason);
            }
        }
    }
    if let Some(wanted) = &title.needs_union_title {
        let held: &[HeldTitle] = subject.union.as_ref().map_or(&[], |union| &union.titles);
        if !holds(standard, held, wanted, as_of) {
            because.push(Reason::UnionTitle(wanted.clone()));
        }
    }
    MayApply {
        allowed: because.is_empty(),
        because,
    }
}

/// The veto clauses that bar a title in the year of the day, in the order of the standard. A person is barred by the vetoes of the union, and only
/// in the posts that the title names.
fn vetoes(standard: &Standard, subject: &Subject, title: &Title, as_of: Date) -> Vec<String> {
    if !title.barred_by_vetoes {
        return Vec::new();
    }
    let person = subject.kind == Kind::Person;
    let barred_post = subject
        .post
        .is_some_and(|post| title.barred_posts.contains(&post));
    if person && !title.barred_posts.is_empty() && !barred_post {
        return Vec::new();
    }
    let of_union: &[VetoState] = subject.union.as_ref().map_or(&[], |union| &union.vetoes);
    let states = || {
        subject
            .vetoes
            .iter()
            .chain(of_union.iter().filter(|_| person))
    };
    let in_state =
        |clause: &str| states().any(|state| state.clause == clause && state.year == as_of.year());
    let vetoes = standard.vetoes.iter().filter(|veto| in_state(&veto.clause));
    vetoes.map(|veto| veto.clause.clone()).collect()
}
