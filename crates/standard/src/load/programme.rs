//! Reading `standard.toml`.

use crate::check::Check;
use crate::fact::{Fact, FactGroup};
use crate::figure::{Figure, Rate};
use crate::kinds::Kind;
use crate::load::checks;
use crate::load::names::Names;
use crate::load::reader::{Section, Spelled};
use crate::programme::{
    ActivityKind, Calendar, Clause, Criterion, Equivalence, MonthDay, Parameter, Programme,
    ProgrammeKind, Rating, Reward, Route, RouteStep, Standard, Target, TargetAmount, Title,
    TitleCriterion, Veto, Window,
};
use crate::text::Text;

pub(crate) fn read(
    root: &Section<'_>,
    names: &Names,
    groups: Vec<FactGroup>,
    facts: Vec<Fact>,
) -> Standard {
    root.required("programme");
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
    Standard {
        key: root.string("key"),
        version: String::new(),
        programme: programme(root.section("programme")),
        parameters: root
            .sections("parameter")
            .into_iter()
            .map(parameter)
            .collect(),
        titles,
        criteria,
        groups,
        facts,
        activity_kinds: root
            .sections("activity_kind")
            .into_iter()
            .map(activity_kind)
            .collect(),
        rating: root.section("rating").and_then(rating),
        vetoes: root.sections("veto").into_iter().map(veto).collect(),
        equivalence: root
            .section("equivalence")
            .map(|section| equivalence(section, names)),
        calendar: root.section("calendar").and_then(calendar),
        routes: root
            .sections("route")
            .into_iter()
            .map(|section| route(section, names))
            .collect(),
        targets: root
            .sections("target")
            .into_iter()
            .map(|section| target(section, names))
            .collect(),
        rewards: root
            .sections("reward")
            .into_iter()
            .map(|section| reward(section, names))
            .collect(),
        supports: root.sections("support").into_iter().map(clause).collect(),
        clauses: root.sections("clause").into_iter().map(clause).collect(),
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

impl Programme {
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
        }
    }
}

fn parameter(section: Section<'_>) -> Parameter {
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
        match entry
            .required("value")
            .map(|value| (value, checks::figure(value)))
        {
            Some((value, Ok(Figure::Parameter(_)))) => {
                entry.ledger.add(
                    value.span().start,
                    "a parameter can't have a parameter as its value",
                );
            }
            Some((value, Ok(figure))) => {
                let same = |(_, first): &(_, Figure)| {
                    std::mem::discriminant(first) == std::mem::discriminant(&figure)
                };
                if !values.first().is_none_or(same) {
                    let message =
                        "the values of a parameter are all percentages or all whole numbers";
                    entry.ledger.add(value.span().start, message);
                }
                values.push((from, figure));
            }
            Some((value, Err(message))) => entry.ledger.add(value.span().start, message),
            None => {}
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
        // A check that could not be read has been noted; an empty one keeps the rest of the reading going.
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
        needs_union_title: reference("needs_union_title"),
        needs_union_title_clause: section.maybe_string("needs_union_title_clause"),
        number_format: section.maybe_string("number_format").unwrap_or_default(),
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
    names.used_criteria.borrow_mut().insert(clause.word.clone());
    if mentioned.contains(&clause.word) {
        ledger.add(
            clause.at,
            format!("`{}` is mentioned twice in this title", clause.word),
        );
        return None;
    }
    mentioned.push(clause.word.clone());
    if !names.defined(ledger, "criterion", &clause, &names.criteria) {
        return None;
    }
    let criterion = criteria
        .iter()
        .find(|criterion| criterion.clause == clause.word)?;
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

fn activity_kind(section: Section<'_>) -> ActivityKind {
    let kind = ActivityKind {
        key: section.string("key"),
        name: section.text("name"),
    };
    section.finish();
    kind
}

fn rating(section: Section<'_>) -> Option<Rating> {
    section.required("formula");
    let words = |spelled: Vec<Spelled>| {
        spelled
            .into_iter()
            .map(|spelled| spelled.word)
            .collect::<Vec<_>>()
    };
    let formula = section.section("formula");
    let counts = formula
        .as_ref()
        .map(|formula| words(formula.strings("counts")))
        .unwrap_or_default();
    let of = formula
        .as_ref()
        .map(|formula| words(formula.strings("of")))
        .unwrap_or_default();
    let cast = words(section.strings("cast"));
    let at = formula.as_ref().map_or(section.at, |formula| formula.at);
    let subset = |part: &[String], whole: &[String]| part.iter().all(|word| whole.contains(word));
    if counts.is_empty() || !subset(&counts, &of) || !subset(&of, &cast) {
        section.ledger.add(
            at,
            "`counts` must be among `of`, and `of` among `cast`, and none of them empty",
        );
    }
    if cast.iter().any(|word| word == "roll") {
        section
            .ledger
            .add(at, "`roll` is the number who may vote, not an answer");
    }
    let quorum = section.spelled("quorum");
    let parsed = quorum.as_ref().map(|spelled| spelled.word.parse());
    if let (Some(Err(message)), Some(spelled)) = (&parsed, &quorum) {
        section.ledger.add(spelled.at, *message);
    }
    let note = section.maybe_text("note");
    if let Some(formula) = formula {
        formula.finish();
    }
    section.finish();
    Some(Rating {
        counts,
        of,
        cast,
        quorum: parsed?.ok()?,
        note,
    })
}

fn veto(section: Section<'_>) -> Veto {
    let veto = Veto {
        clause: section.string("clause"),
        name: section.text("name"),
        text: section.text("text"),
    };
    section.finish();
    veto
}

fn equivalence(section: Section<'_>, names: &Names) -> Equivalence {
    let tier = section.spelled("tier").unwrap_or_default();
    names.defined(section.ledger, "tier", &tier, &names.tiers);
    section.required("levels");
    let equivalence = Equivalence {
        clause: section.string("clause"),
        given_until: section.year("given_until"),
        levels: section.keyed_list("levels"),
        tier: tier.word,
        must_be_reconfirmed: section.truth("must_be_reconfirmed", true),
        text: section.text("text"),
    };
    section.finish();
    equivalence
}

fn calendar(section: Section<'_>) -> Option<Calendar> {
    let clause = section.string("clause");
    let [declaration, examination, commendation] = ["declaration", "examination", "commendation"]
        .map(|key| {
            section.required(key);
            section.section(key).and_then(window)
        });
    section.finish();
    Some(Calendar {
        clause,
        declaration: declaration?,
        examination: examination?,
        commendation: commendation?,
    })
}

fn window(section: Section<'_>) -> Option<Window> {
    let day = |key: &'static str| {
        let spelled = section.spelled(key)?;
        let parsed = month_day(&spelled.word);
        if parsed.is_none() {
            section.ledger.add(
                spelled.at,
                format!("`{key}` must be a day of the year such as \"10-01\""),
            );
        }
        parsed
    };
    let (from, to) = (day("from"), day("to"));
    let year_offset = match section.maybe_spelled("year") {
        None => 0,
        Some(year) if year.word == "same" => 0,
        Some(year) if year.word == "next" => 1,
        Some(year) => {
            section
                .ledger
                .add(year.at, "`year` is \"same\" or \"next\"");
            0
        }
    };
    let at = section.at;
    let ledger = section.ledger;
    section.finish();
    let window = Window {
        from: from?,
        to: to?,
        year_offset,
    };
    if window.to < window.from {
        ledger.add(at, "the window ends before it begins");
    }
    Some(window)
}

fn month_day(words: &str) -> Option<MonthDay> {
    let (month, day) = words.split_once('-')?;
    let day = MonthDay {
        month: month.parse().ok()?,
        day: day.parse().ok()?,
    };
    // 2000 was a leap year: 29 February is a day of some year.
    jiff::civil::Date::new(2000, day.month, day.day)
        .ok()
        .map(|_| day)
}

/// The titles a table names; an unknown one is a mistake.
fn titles(section: &Section<'_>, names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    for title in section.strings("titles") {
        if names.defined(section.ledger, "title", &title, &names.titles) {
            found.push(title.word);
        }
    }
    found
}

/// Where a step of a route may be taken: kinds of union, and the federations above them.
const ABOVE: &[&str] = &["district", "city", "province", "nation"];

fn route(section: Section<'_>, names: &Names) -> Route {
    section.required("titles");
    section.required("steps");
    let mut steps = Vec::new();
    for step in section.sections("steps") {
        let units = |key: &'static str| -> Vec<String> {
            let spelled = step.strings(key);
            for unit in &spelled {
                if !ABOVE.contains(&unit.word.as_str()) && unit.word.parse::<Kind>().is_err() {
                    step.ledger
                        .add(unit.at, format!("unknown kind of unit `{}`", unit.word));
                }
            }
            spelled.into_iter().map(|unit| unit.word).collect()
        };
        step.required("at");
        let (at, otherwise) = (units("at"), units("otherwise"));
        let optional = step.truth("optional", false);
        let quota = step.truth("quota", false);
        if let Some(act) = step.keyed("act") {
            steps.push(RouteStep {
                act,
                at,
                otherwise,
                optional,
                quota,
            });
        }
        step.finish();
    }
    let route = Route {
        clause: section.string("clause"),
        titles: titles(&section, names),
        steps,
    };
    section.finish();
    route
}

fn target(section: Section<'_>, names: &Names) -> Target {
    let title = section.spelled("title").unwrap_or_default();
    names.defined(section.ledger, "title", &title, &names.titles);
    let share = section.maybe_spelled("share");
    let count = section.maybe_number("count");
    let amount = match (&share, count) {
        (Some(share), None) => share
            .word
            .parse::<Rate>()
            .map(TargetAmount::Share)
            .map_err(str::to_owned),
        (None, Some(count)) => Ok(TargetAmount::Count(count)),
        _ => Err("a target has either `share` or `count`".to_owned()),
    };
    let amount = amount.unwrap_or_else(|message| {
        section
            .ledger
            .add(share.as_ref().map_or(section.at, |share| share.at), message);
        TargetAmount::Count(0)
    });
    let target = Target {
        clause: section.string("clause"),
        title: title.word,
        name: section.text("name"),
        by: section.date("by"),
        amount,
    };
    section.finish();
    target
}

fn reward(section: Section<'_>, names: &Names) -> Reward {
    let change = section.maybe_spelled("subsidy_change");
    let subsidy_change_bp = change.and_then(|spelled| {
        let parsed = signed_rate(&spelled.word);
        if parsed.is_none() {
            section.ledger.add(
                spelled.at,
                "`subsidy_change` must be a change such as \"+40%\" or \"-20%\"",
            );
        }
        parsed
    });
    let reward = Reward {
        clause: section.string("clause"),
        name: section.text("name"),
        text: section.text("text"),
        titles: titles(&section, names),
        kinds: section.keyed_list("kinds"),
        divisions: section
            .strings("divisions")
            .into_iter()
            .map(|division| division.word)
            .collect(),
        subsidy_change_bp,
    };
    section.finish();
    reward
}

/// `+40%` as 4000 hundredths of a percent.
fn signed_rate(words: &str) -> Option<i64> {
    let (sign, rest) = match (words.strip_prefix('+'), words.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return None,
    };
    let rate: Rate = rest.parse().ok()?;
    let basis_points = rate.numerator.checked_mul(10_000)?;
    (basis_points % rate.denominator == 0).then_some(())?;
    i64::try_from(basis_points / rate.denominator)
        .ok()
        .map(|points| sign * points)
}

fn clause(section: Section<'_>) -> Clause {
    let clause = Clause {
        clause: section.string("clause"),
        name: section.maybe_text("name"),
        text: section.text("text"),
    };
    section.finish();
    clause
}
