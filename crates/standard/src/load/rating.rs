//! Parsing `standard.toml`: how the members' rating is calculated, and how its poll is held.

use crate::fact::{Fact, FactKind};
use crate::load::reader::{Section, Spelled};
use crate::programme::roll::{RollRules, Voters};
use crate::programme::{BallotRules, Grade, GroupRules, RatedObject, Rating, Side};
use crate::spelling::meant;

pub(crate) fn rating(section: Section<'_>, facts: &[Fact]) -> Option<Rating> {
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
    let has_answers = section.required("cast").is_some() && formula.is_some();
    let cast = words(section.strings("cast"));
    let at = formula.as_ref().map_or(section.at, |formula| formula.at);
    let subset = |part: &[String], whole: &[String]| part.iter().all(|word| whole.contains(word));
    if has_answers && (counts.is_empty() || !subset(&counts, &of) || !subset(&of, &cast)) {
        section.ledger.add(
            at,
            "`counts` must be among `of`, and `of` among `cast`, and none of them empty",
        );
    }
    if cast.len() > 16 {
        section.ledger.add(at, "a rating has at most 16 answers");
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
    let takes_days = section.maybe_number("takes_days");
    let roll = section
        .section("roll")
        .and_then(|section| roll(section, facts));
    let ballot = section
        .section("ballot")
        .and_then(|section| ballot(section, &of, &cast, roll.as_ref()));
    if let Some(formula) = formula {
        formula.finish();
    }
    section.finish();
    Some(Rating {
        counts,
        of,
        cast,
        quorum: parsed?.ok()?,
        takes_days,
        note,
        roll,
        ballot,
    })
}

/// How the roll compares with the members, and who may be on it.
fn roll(section: Section<'_>, facts: &[Fact]) -> Option<RollRules> {
    let members = section.spelled("members");
    if let Some(members) = &members {
        let counts = || facts.iter().filter(|fact| fact.kind == FactKind::Count);
        if !counts().any(|fact| fact.key == members.word) {
            let known = counts().map(|fact| fact.key.as_str());
            section.ledger.add(
                members.at,
                format!(
                    "`members` names the fact that counts them, and `{}` is no such fact{}",
                    members.word,
                    meant(&members.word, known)
                ),
            );
        }
    }
    let may_differ_by = section.spelled("may_differ_by");
    let parsed = may_differ_by.as_ref().map(|spelled| spelled.word.parse());
    if let (Some(Err(message)), Some(spelled)) = (&parsed, &may_differ_by) {
        section.ledger.add(spelled.at, *message);
    }
    let voters: Vec<Voters> = section
        .sections("voters")
        .into_iter()
        .map(|section| {
            let voters = Voters {
                key: section.string("key"),
                name: section.text("name"),
            };
            section.finish();
            voters
        })
        .collect();
    let is_twice = |(place, known): (usize, &Voters)| {
        voters
            .iter()
            .take(place)
            .any(|other| other.key == known.key)
    };
    if voters.iter().enumerate().any(is_twice) {
        section
            .ledger
            .add(section.at, "two of the roll's `voters` have the same key");
    }
    if voters.is_empty() {
        section.ledger.add(
            section.at,
            "a roll needs `voters`: who may be on it, the usual ones first",
        );
    }
    let not_names = section.strings("not_names").into_iter();
    let not_names = not_names.map(|spelled| spelled.word).collect();
    section.finish();
    Some(RollRules {
        members: members?.word,
        may_differ_by: parsed?.ok()?,
        voters,
        not_names,
    })
}

/// How the poll is held: what is rated, by which grades, by whom.
fn ballot(
    section: Section<'_>,
    valid: &[String],
    cast: &[String],
    roll: Option<&RollRules>,
) -> Option<BallotRules> {
    let objects = rated_objects(&section);
    let grades = grades(&section, valid);
    let blank = section.spelled("blank");
    if let Some(blank) = &blank
        && !valid.is_empty()
        && !cast.is_empty()
        && (!cast.contains(&blank.word) || valid.contains(&blank.word))
    {
        section.ledger.add(
            blank.at,
            "`blank` is an answer that is cast and not valid, like void",
        );
    }
    let group = section.required("group").and(section.section("group"));
    let rules = BallotRules {
        objects,
        grades,
        blank: blank.map(|blank| blank.word).unwrap_or_default(),
        group: group.and_then(group_rules)?,
        fewest_shown: section.number("fewest_shown"),
        gathering_seconds: gathering_seconds(&section),
        far_from_last_year: section.number("far_from_last_year"),
        roll: roll.cloned(),
    };
    section.finish();
    Some(rules)
}

fn rated_objects(section: &Section<'_>) -> Vec<RatedObject> {
    let objects: Vec<RatedObject> = section
        .sections("object")
        .into_iter()
        .map(|section| {
            let object = RatedObject {
                key: section.string("key"),
                name: section.text("name"),
                decides: section.truth("decides", false),
                each_leader: section.truth("each_leader", false),
            };
            section.finish();
            object
        })
        .collect();
    let deciding = objects.iter().filter(|object| object.decides);
    if deciding.filter(|object| !object.each_leader).count() != 1
        || objects.iter().filter(|object| object.decides).count() != 1
    {
        section.ledger.add(
            section.at,
            "exactly one object of the ballot decides, and it is none of `each_leader`",
        );
    }
    objects
}

fn grades(section: &Section<'_>, valid: &[String]) -> Vec<Grade> {
    let grades: Vec<Grade> = section
        .sections("grade")
        .into_iter()
        .map(|section| {
            let grade = Grade {
                key: section.string("key"),
                name: section.text("name"),
            };
            // Without the formula there is nothing to compare with.
            if !valid.is_empty() && !valid.contains(&grade.key) {
                section
                    .ledger
                    .add(section.at, "a grade is one of the formula's valid answers");
            }
            section.finish();
            grade
        })
        .collect();
    if grades.is_empty() {
        section.ledger.add(section.at, "a ballot needs grades");
    }
    grades
}

/// At most as long as a person waits for a page. The default is for standards older than this key, whose polls go on.
fn gathering_seconds(section: &Section<'_>) -> u64 {
    let seconds = section.maybe_number("gathering_seconds").unwrap_or(3);
    if seconds > 20 {
        section.ledger.add(
            section.at,
            "`gathering_seconds` is at most 20: a voter waits for the thanks so long",
        );
    }
    seconds
}

fn group_rules(section: Section<'_>) -> Option<GroupRules> {
    let (least, most, keys) = (
        section.number("least"),
        section.number("most"),
        section.number("keys"),
    );
    let sides: Vec<Side> = section
        .sections("side")
        .into_iter()
        .map(|section| {
            let side = Side {
                key: section.string("key"),
                name: section.text("name"),
                may_be_rated: section.truth("may_be_rated", true),
            };
            section.finish();
            side
        })
        .collect();
    if least < 2 || most < least || most > 9 || sides.len() as u64 > least {
        section.ledger.add(
            section.at,
            "a group has between 2 and 9 members, `least` no more than `most`, and room for every side",
        );
    }
    if keys < 2 || keys > least {
        section.ledger.add(
            section.at,
            "`keys` is at least 2 and no more than the smallest group",
        );
    }
    let signatures = section.spelled("signatures");
    let parsed = signatures.as_ref().map(|spelled| spelled.word.parse());
    if let (Some(Err(message)), Some(spelled)) = (&parsed, &signatures) {
        section.ledger.add(spelled.at, *message);
    }
    section.finish();
    Some(GroupRules {
        least,
        most,
        sides,
        keys,
        signatures: parsed?.ok()?,
    })
}
