//! Parsing `standard.toml`: the programme, its figures, titles and criteria.

use crate::check::Check;
use crate::fact::{Fact, FactGroup};
use crate::figure::Figure;
use crate::kinds::{HonourLevel, Kind};
use crate::load::checks;
use crate::load::divisions::division_words;
use crate::load::names::Names;
use crate::load::procedure::{
    activity_kind, calendar, clause, equivalence, review, reward, route, table_words, target,
    vetoes,
};
use crate::load::rating::rating;
use crate::load::reader::{Ledger, Section, Spelled};
use crate::programme::{
    Criterion, Parameter, Programme, ProgrammeKind, Standard, Tier, Title, TitleCriterion,
};
use crate::text::Text;

pub(crate) fn read(
    root: &Section<'_>,
    names: &Names,
    groups: Vec<FactGroup>,
    facts: Vec<Fact>,
) -> Standard {
    root.required("programme");
    let programme = programme(root.section("programme"));
    let criteria: Vec<Criterion> = root
        .sections("criterion")
        .into_iter()
        .filter_map(|section| criterion(section, names))
        .collect();
    let titles = root
        .sections("title")
        .into_iter()
        .map(|section| title(section, names, &criteria))
        .collect();
    let mut facts_by_key: Vec<usize> = (0..facts.len()).collect();
    facts_by_key.sort_by(|left, right| facts[*left].key.cmp(&facts[*right].key));
    let rating = root
        .section("rating")
        .and_then(|section| rating(section, &facts));
    Standard {
        key: root.string("key"),
        version: String::new(),
        parameters: root
            .sections("parameter")
            .into_iter()
            .map(|section| parameter(section, &programme))
            .collect(),
        tiers: root
            .sections("tier")
            .into_iter()
            .map(|section| tier(section, names))
            .collect(),
        titles,
        criteria,
        groups,
        facts,
        facts_by_key,
        activity_kinds: root
            .sections("activity_kind")
            .into_iter()
            .map(activity_kind)
            .collect(),
        rating,
        vetoes: vetoes(root.sections("veto")),
        equivalence: root
            .section("equivalence")
            .map(|section| equivalence(section, names, &programme)),
        calendar: root.section("calendar").and_then(calendar),
        review: root.section("review").map(review).unwrap_or_default(),
        routes: root
            .sections("route")
            .into_iter()
            .map(|section| route(section, names))
            .collect(),
        targets: root
            .sections("target")
            .into_iter()
            .map(|section| target(section, names, &programme))
            .collect(),
        rewards: root
            .sections("reward")
            .into_iter()
            .map(|section| reward(section, names))
            .collect(),
        supports: root.sections("support").into_iter().map(clause).collect(),
        clauses: root.sections("clause").into_iter().map(clause).collect(),
        tables: root.section("tables").map(table_words).unwrap_or_default(),
        divisions: root
            .section("divisions")
            .map(division_words)
            .unwrap_or_default(),
        programme,
    }
}

fn programme(section: Option<Section<'_>>) -> Programme {
    let Some(section) = section else {
        return Programme::empty();
    };
    let programme = Programme {
        name: section.text("name"),
        kind: section.keyed("kind").unwrap_or(ProgrammeKind::Commendation),
        approving_body: section.text("approving_body"),
        document_number: section.string("document_number"),
        issued_on: section.date("issued_on"),
        first_year: section.year("first_year"),
        last_year: section.year("last_year"),
        cycle: section.string("cycle"),
        legal_basis: section.texts("legal_basis"),
        summary: section.text("summary"),
        notes: section.texts("notes"),
        level_words: level_words(&section),
    };
    if programme.last_year < programme.first_year
        && let Some(value) = section.value("last_year")
    {
        section
            .ledger
            .add(value.span().start, "`last_year` is before `first_year`");
    }
    section.finish();
    programme
}

/// Each level with its words, `{ level = "nation", words = ["全国"] }`.
fn level_words(section: &Section<'_>) -> Vec<(HonourLevel, String)> {
    let mut found = Vec::new();
    for words in section.sections("level_words") {
        let level = words.keyed("level");
        words.required("level");
        words.required("words");
        let spelled = words.strings("words");
        found.extend(level.into_iter().flat_map(|level: HonourLevel| {
            spelled
                .iter()
                .map(move |spelled| (level, spelled.word.clone()))
        }));
        words.finish();
    }
    found
}

impl Programme {
    /// The first and the last year, if both could be parsed.
    pub(crate) fn years(&self) -> Option<(i16, i16)> {
        (0 < self.first_year && self.first_year <= self.last_year)
            .then_some((self.first_year, self.last_year))
    }

    fn empty() -> Programme {
        Programme {
            name: Text::default(),
            kind: ProgrammeKind::Commendation,
            approving_body: Text::default(),
            document_number: String::new(),
            issued_on: jiff::civil::Date::MIN,
            first_year: 0,
            last_year: 0,
            cycle: String::new(),
            legal_basis: Vec::new(),
            summary: Text::default(),
            notes: Vec::new(),
            level_words: Vec::new(),
        }
    }
}

fn parameter(section: Section<'_>, programme: &Programme) -> Parameter {
    let begins = programme
        .years()
        .and_then(|(first, _)| jiff::civil::Date::new(first, 1, 1).ok());
    let mut values: Vec<(jiff::civil::Date, Figure)> = Vec::new();
    section.required("values");
    let entries = section.sections("values");
    if entries.is_empty() {
        section
            .ledger
            .add(section.at, "a parameter needs at least one value");
    }
    for entry in entries {
        let from = entry.date("from");
        if values.last().is_some_and(|(earlier, _)| *earlier >= from) {
            entry.ledger.add(
                entry.at,
                "the values of a parameter stand in the order of their days",
            );
        }
        if let (Some(begins), Some(value)) = (begins, entry.value("from"))
            && values.is_empty()
            && from > begins
            && section.is_whole()
        {
            let message =
                format!("the first value holds from {from} only, the programme begins on {begins}");
            entry.ledger.add(value.span().start, message);
        }
        if let Some(figure) = value_of(&entry, values.first()) {
            values.push((from, figure));
        }
        entry.finish();
    }
    let parameter = Parameter {
        key: section.string("key"),
        name: section.text("name"),
        clause: section.string("clause"),
        values,
    };
    section.finish();
    parameter
}

/// A value of a parameter, of the same sort as the first one.
fn value_of(entry: &Section<'_>, first: Option<&(jiff::civil::Date, Figure)>) -> Option<Figure> {
    let value = entry.required("value")?;
    let mistake = |message: &str| entry.ledger.add(value.span().start, message);
    match checks::figure(value) {
        Ok(Figure::Parameter(_)) => {
            mistake("a parameter can't have a parameter as its value");
            None
        }
        Ok(figure) => {
            let same = |(_, first): &(jiff::civil::Date, Figure)| {
                std::mem::discriminant(first) == std::mem::discriminant(&figure)
            };
            if !first.is_none_or(same) {
                mistake("the values of a parameter are all percentages or all whole numbers");
            }
            Some(figure)
        }
        Err(message) => {
            entry.ledger.add(value.span().start, message);
            None
        }
    }
}

fn criterion(section: Section<'_>, names: &Names) -> Option<Criterion> {
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

fn tier(section: Section<'_>, names: &Names) -> Tier {
    let key = section.spelled("key").unwrap_or_default();
    names.defined(section.ledger, "tier", &key, &names.tiers);
    let tier = Tier {
        key: key.word,
        name: section.text("name"),
    };
    section.finish();
    tier
}

fn title(section: Section<'_>, names: &Names, criteria: &[Criterion]) -> Title {
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
