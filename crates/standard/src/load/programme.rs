//! Parsing `standard.toml`: the programme and its figures.

use crate::fact::{Fact, FactGroup};
use crate::figure::Figure;
use crate::kinds::HonourLevel;
use crate::load::calendar::{calendar, reminders};
use crate::load::checks::figures;
use crate::load::departments::departments;
use crate::load::divisions::division_words;
use crate::load::higher_honour::higher_honours;
use crate::load::insight::{sizes, tiles};
use crate::load::money::{money, purposes};
use crate::load::names::Names;
use crate::load::procedure::{
    activity_kind, clause, equivalence, review, reward, route, target, vetoes,
};
use crate::load::publication::publication;
use crate::load::rating::rating;
use crate::load::reader::Section;
use crate::load::sharing::sharing;
use crate::load::spot_check::spot_check;
use crate::load::structure::{apportionments, properties, rules};
use crate::load::subsidy::subsidy;
use crate::load::tables::table_words;
use crate::load::titles::{criterion, tier, title};
use crate::load::visit::visit;
use crate::load::working_days::working_days;
use crate::load::xray::xray;
use crate::programme::{Criterion, Parameter, Programme, ProgrammeKind, Reward, Standard, Title};
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
    let titles: Vec<Title> = root
        .sections("title")
        .into_iter()
        .map(|section| title(section, names, &criteria))
        .collect();
    let mut facts_by_key: Vec<usize> = (0..facts.len()).collect();
    facts_by_key.sort_by(|left, right| facts[*left].key.cmp(&facts[*right].key));
    let properties = properties(root.sections("property"), names);
    let vetoes = vetoes(root.sections("veto"));
    let rating = root
        .section("rating")
        .and_then(|section| rating(section, &facts));
    let ladders: Vec<(String, String)> = titles
        .iter()
        .map(|title| (title.key.clone(), title.ladder.clone()))
        .collect();
    let rewards: Vec<Reward> = root
        .sections("reward")
        .into_iter()
        .map(|section| reward(section, names))
        .collect();
    let purposes = purposes(root.sections("purpose"), names, &rewards);
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
        departments: departments(root.sections("department"), &vetoes, names),
        vetoes,
        equivalence: root
            .section("equivalence")
            .map(|section| equivalence(section, names, &programme)),
        calendar: root.section("calendar").and_then(calendar),
        reminders: reminders(root.sections("reminder")),
        working_days: working_days(root.sections("working_days")),
        review: root.section("review").map(review).unwrap_or_default(),
        publication: root
            .section("publication")
            .map(|section| publication(section, names))
            .unwrap_or_default(),
        sharing: root.section("sharing").map(sharing).unwrap_or_default(),
        routes: root
            .sections("route")
            .into_iter()
            .map(|section| route(section, names))
            .collect(),
        apportionments: apportionments(root.sections("apportionment"), names),
        structure: rules(root.sections("structure"), names, &properties),
        properties,
        targets: root
            .sections("target")
            .into_iter()
            .map(|section| target(section, names, &programme))
            .collect(),
        sizes: sizes(root.sections("size")),
        tiles: tiles(root.sections("tile")),
        spot_check: root
            .section("spot_check")
            .map(|section| spot_check(section, names)),
        visit: root
            .section("visit")
            .and_then(|section| visit(section, names, &rewards)),
        subsidy: root
            .section("subsidy")
            .map(|section| subsidy(section, names, &rewards)),
        money: root
            .section("money")
            .map(|section| money(section, names, &rewards, &purposes)),
        purposes,
        rewards,
        higher_honours: higher_honours(root.sections("higher_honour"), names, &ladders),
        xray: xray(root.sections("xray"), names),
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
    match figures::figure(value) {
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
