//! Parsing `standard.toml`: the titles and the criteria that they ask for.

use crate::check::Check;
use crate::kinds::Kind;
use crate::load::checks;
use crate::load::names::Names;
use crate::load::reader::{Ledger, Section, Spelled};
use crate::programme::{Criterion, Tier, Title, TitleCriterion};

pub(crate) fn criterion(section: Section<'_>, names: &Names) -> Option<Criterion> {
    let check = read_check(&section, names, true);
    let criterion = Criterion {
        clause: section.string("clause"),
        group: section.maybe_text("group"),
        source: section.string("source"),
        name: section.text("name"),
        text: section.text("text"),
        kinds: section.keyed_list("kinds"),
        employers: section.keyed_list("employers"),
        verify: section.keyed_list("verify"),
        // A check that could not be parsed has been reported; an empty one lets parsing go on.
        check: check.unwrap_or(Check::All(Vec::new())),
        advice: section.maybe_text("advice"),
        mendable: section.truth("mendable", true),
    };
    section.finish();
    Some(criterion)
}

/// The check of a criterion, under its `when` if it has one.
fn read_check(section: &Section<'_>, names: &Names, required: bool) -> Option<Check> {
    let value = if required {
        section.required("check")
    } else {
        section.value("check")
    };
    let check = value.and_then(|value| checks::read(section.ledger, names, value));
    let Some(when) = section.value("when") else {
        return check;
    };
    let when = checks::read(section.ledger, names, when);
    Some(Check::When {
        when: Box::new(when?),
        then: Box::new(check?),
    })
}

pub(crate) fn tier(section: Section<'_>, names: &Names) -> Tier {
    let key = section.spelled("key").unwrap_or_default();
    names.defined(section.ledger, "tier", &key, &names.tiers);
    let tier = Tier {
        key: key.word,
        name: section.text("name"),
    };
    section.finish();
    tier
}

pub(crate) fn title(section: Section<'_>, names: &Names, criteria: &[Criterion]) -> Title {
    let ledger = section.ledger;
    let reference = |key: &'static str| {
        let found = section.maybe_spelled(key)?;
        names
            .defined(ledger, "title", &found, &names.titles)
            .then_some(found.word)
    };
    let kinds: Vec<Kind> = section.keyed_list("kinds");
    if section.required("kinds").is_some() && section.strings("kinds").is_empty() {
        ledger.add(section.at, "`kinds` is empty: nobody could hold the title");
    }
    if kinds.contains(&Kind::Person) && kinds.iter().any(|kind| *kind != Kind::Person) {
        ledger.add(
            section.at,
            "`kinds` has people and units: a title is of people or of units, which are recommended, counted and listed apart",
        );
    }
    let below = reference("below");
    let needs_below = section.truth("needs_below", false);
    if needs_below && section.value("below").is_none() {
        ledger.add(
            section.at,
            "`needs_below` without `below`: there is no title to need",
        );
    }
    let needs_union_title = reference("needs_union_title");
    let needs_union_title_clause = section.maybe_string("needs_union_title_clause");
    check_union_title(&section, needs_union_title_clause.is_some());
    let number_format = number_format(&section);
    let mut title = Title {
        key: section.string("key"),
        name: section.text("name"),
        ladder: section.string("ladder"),
        tier: section.string("tier"),
        below,
        needs_below,
        source: section.maybe_string("source").unwrap_or_default(),
        slogan: section.maybe_text("slogan"),
        barred_by_vetoes: section.truth("barred_by_vetoes", false),
        barred_posts: section.keyed_list("barred_posts"),
        needs_union_title,
        needs_union_title_clause,
        number_format,
        looked_at_every: looked_at_every(&section),
        plaque_size: section.maybe_string("plaque_size"),
        criteria: Vec::new(),
        kinds,
    };
    let mut mentioned: Vec<String> = Vec::new();
    for mention in section.sections("criteria") {
        title.criteria.extend(mention_of(
            mention,
            names,
            criteria,
            &title.kinds,
            &mut mentioned,
        ));
    }
    section.finish();
    title
}

/// Every how many years it is looked at whether a holder still meets the conditions.
fn looked_at_every(section: &Section<'_>) -> Option<u64> {
    let years = section.maybe_number("looked_at_every")?;
    if let Some(value) = section.value("looked_at_every")
        && !(1..=20).contains(&years)
    {
        let message = "`looked_at_every` is a number of years from 1 to 20";
        section.ledger.add(value.span().start, message);
    }
    Some(years)
}

fn check_union_title(section: &Section<'_>, has_clause: bool) {
    let ledger = section.ledger;
    match (section.value("needs_union_title"), has_clause) {
        (Some(_), false) => ledger.add(
            section.at,
            "`needs_union_title` without `needs_union_title_clause`: no refusal could name its clause",
        ),
        (None, true) => ledger.add(
            section.at,
            "`needs_union_title_clause` without `needs_union_title`: there is no title to need",
        ),
        _ => {}
    }
}

/// Empty if there is none.
fn number_format(section: &Section<'_>) -> String {
    let Some(format) = section.maybe_spelled("number_format") else {
        return String::new();
    };
    if !format.word.contains("{number}") {
        section.ledger.add(
            format.at,
            "`number_format` lacks `{number}`: all titles of a year would carry the same one",
        );
    }
    format.word
}

/// A criterion as a title mentions it: its own kinds, employers and check narrowed or sharpened.
fn mention_of(
    section: Section<'_>,
    names: &Names,
    criteria: &[Criterion],
    title_kinds: &[Kind],
    mentioned: &mut Vec<String>,
) -> Option<TitleCriterion> {
    let ledger = section.ledger;
    let kinds: Vec<Kind> = section.keyed_list("kinds");
    let employers = section.keyed_list("employers");
    let sharper = section
        .value("check")
        .and_then(|value| checks::read(ledger, names, value));
    let when = section
        .value("when")
        .map(|value| checks::read(ledger, names, value));
    let clause = section.spelled("clause");
    section.finish();
    let clause = clause?;
    let criterion = mentioned_criterion(ledger, names, criteria, &clause, mentioned)?;
    let within = |own: &[Kind], kind: &Kind| own.is_empty() || own.contains(kind);
    let applies: Vec<Kind> = title_kinds
        .iter()
        .filter(|kind| within(&criterion.kinds, kind) && within(&kinds, kind))
        .copied()
        .collect();
    let employers = if employers.is_empty() {
        criterion.employers.clone()
    } else {
        employers
    };
    let nobody = applies.is_empty()
        || (!employers.is_empty() && !applies.iter().any(|kind| kind.has_employer()));
    if nobody && !title_kinds.is_empty() {
        let message = format!(
            "`{}` applies to nobody who can hold this title",
            clause.word
        );
        ledger.add(clause.at, message);
    }
    let check = sharper.unwrap_or_else(|| criterion.check.clone());
    let check = match when {
        Some(when) => Check::When {
            when: Box::new(when?),
            then: Box::new(check),
        },
        None => check,
    };
    Some(TitleCriterion {
        clause: clause.word,
        kinds: applies,
        employers,
        check,
    })
}

/// The criterion of a clause, which a title mentions once.
fn mentioned_criterion<'c>(
    ledger: &Ledger<'_>,
    names: &Names,
    criteria: &'c [Criterion],
    clause: &Spelled,
    mentioned: &mut Vec<String>,
) -> Option<&'c Criterion> {
    names.used_criteria.borrow_mut().insert(clause.word.clone());
    if mentioned.contains(&clause.word) {
        ledger.add(
            clause.at,
            format!("`{}` is mentioned twice in this title", clause.word),
        );
        return None;
    }
    mentioned.push(clause.word.clone());
    if !names.defined(ledger, "criterion", clause, &names.criteria) {
        return None;
    }
    criteria
        .iter()
        .find(|criterion| criterion.clause == clause.word)
}
