//! What the lists as named are made up of: the rules of the standard (clause P3) over each federation's candidates that are named, with those that
//! are to be named now.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::ids::{ApplicationId, UnitId},
    round::{
        application::{Application, State},
        naming::{Fate, Line, NamingRefusal},
        structure::Breach,
    },
};
use jianjia_store::{core::db::Tx, round::recommendation};

use crate::{
    core::{app::App, error::Result},
    round::recommendation::{RuleLine, answers, barring_with, structure_lines},
};

/// How the rules stand over what is named of a federation's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedList {
    pub federation: String,
    /// Over those named, and those to be named now.
    pub rules: Vec<RuleLine>,
    /// The rules that bar naming them.
    pub broken: Vec<Breach>,
}

/// The lists of which candidates are to be named, in the order of the lines; none for a title without rules.
pub(super) async fn named_lists(
    tx: &mut Tx,
    app: &App,
    (year, title): (i16, &str),
    lines: &[Line],
) -> Result<Vec<NamedList>> {
    let rules = &app.standards.of(year).structure;
    let has_rules = rules
        .iter()
        .any(|rule| rule.titles.iter().any(|key| key == title));
    let mut now: Vec<(UnitId, &Line)> = Vec::new();
    for line in lines.iter().filter(|_| has_rules) {
        // What the city took up itself is on no federation's list.
        let federation = line.candidate.application.recommended_by;
        if let (Fate::Named { .. }, Some(federation)) = (&line.fate, federation) {
            now.push((federation, line));
        }
    }
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let is_now = |one: &Application| {
        let mut lines = now.iter();
        lines.any(|(_, line)| line.candidate.application.id == one.id)
    };
    let mut applications = recommendation::recommended(tx, year, title).await?;
    // Who is held up may be named yet: what it is counts neither for a rule nor against it, so that nobody else is held up with it.
    let is_held = |one: &Application| {
        let mut held = lines.iter().filter(|line| line.fate == Fate::Left);
        held.any(|line| line.candidate.application.id == one.id)
    };
    applications
        .retain(|one| is_now(one) || is_held(one) || matches!(one.state, State::Named { .. }));
    let mut answers = answers(tx, app, year, title, &applications).await?;
    let each = applications.iter().zip(&mut answers);
    for (_, answers) in each.filter(|(one, _)| is_held(one)) {
        answers.clear();
    }
    let mut before: BTreeMap<UnitId, Vec<ApplicationId>> = BTreeMap::new();
    for one in applications.iter().filter(|one| !is_now(one)) {
        if let Some(federation) = one.recommended_by {
            before.entry(federation).or_default().push(one.id);
        }
    }
    let mut lists: Vec<(UnitId, NamedList)> = Vec::new();
    for (federation, line) in &now {
        if lists.iter().any(|(known, _)| known == federation) {
            continue;
        }
        let added = now.iter().filter(|(of, _)| of == federation);
        let added: Vec<ApplicationId> = added
            .map(|(_, line)| line.candidate.application.id)
            .collect();
        let counted = before.get(federation).map_or(&[][..], Vec::as_slice);
        let all: Vec<ApplicationId> = counted.iter().chain(&added).copied().collect();
        let of = (year, title);
        let list = NamedList {
            federation: line.candidate.federation_name.clone(),
            rules: structure_lines(app, of, &applications, &answers, (&all, &all)),
            broken: barring_with(app, of, &applications, &answers, (counted, &added)),
        };
        lists.push((*federation, list));
    }
    Ok(lists.into_iter().map(|(_, list)| list).collect())
}

/// The refusal of a naming that rules bar.
pub(super) fn barred(lists: &[NamedList]) -> Option<NamingRefusal> {
    let broken = lists.iter().filter(|list| !list.broken.is_empty());
    let lists: Vec<(String, Vec<Breach>)> = broken
        .map(|list| (list.federation.clone(), list.broken.clone()))
        .collect();
    (!lists.is_empty()).then_some(NamingRefusal::StructureBroken { lists })
}
