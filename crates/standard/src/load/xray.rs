//! Parsing `standard.toml`: the contradictions that the x-ray looks for.

use crate::fact::FactKind;
use crate::figure::Rate;
use crate::load::names::Names;
use crate::load::procedure::titles;
use crate::load::reader::{Section, Spelled, number};
use crate::programme::{KnownQuantity, LikeUnions, LooksFor, Quantity, XrayKind, XrayRule};
use crate::spelling::{closest, sentence};

/// The most bits that the looks of two photos of one thing differ by. Each adds a part to the index by which they are found.
pub(crate) const FURTHEST: u64 = 7;

pub(crate) fn xray(sections: Vec<Section<'_>>, names: &Names) -> Vec<XrayRule> {
    let mut found: Vec<XrayRule> = Vec::new();
    for section in sections {
        let key = section.spelled("key").unwrap_or_default();
        if found.iter().any(|known| known.key == key.word) {
            let message = format!("x-ray rule `{}` is there twice", key.word);
            section.ledger.add(key.at, message);
        }
        let kind: Option<XrayKind> = section.keyed("kind");
        let (clause, name, text) = (
            section.maybe_string("clause"),
            section.text("name"),
            section.text("text"),
        );
        // Of a kind that is not known nothing is said about its other keys.
        let Some(kind) = kind else { continue };
        let looks_for = looks_for(kind, &section, names);
        section.finish();
        found.push(XrayRule {
            key: key.word,
            clause,
            name,
            text,
            looks_for,
        });
    }
    found
}

fn looks_for(kind: XrayKind, section: &Section<'_>, names: &Names) -> LooksFor {
    match kind {
        XrayKind::Over => {
            let (count, of) = (
                quantity(section, names, "count"),
                quantity(section, names, "of"),
            );
            if money_of(section, names, [&count, &of]).is_none() {
                let message = "`count` and `of` are both money or both numbers";
                section.ledger.add(section.at, message);
            }
            LooksFor::Over {
                count,
                of,
                by: maybe_rate(section, "by"),
            }
        }
        XrayKind::LastYear => {
            section.required("of");
            let of: Vec<Quantity> = section
                .strings("of")
                .iter()
                .map(|spelled| read(section, names, spelled))
                .collect();
            let is_money = money_of(section, names, &of);
            if is_money.is_none() {
                let message = "`of` names money only or none: `least` is said in one unit";
                section.ledger.add(section.at, message);
            }
            let factor = rate(section, "factor");
            if let Some(value) = section.value("factor")
                && factor.numerator <= factor.denominator
            {
                let message = "`factor` is over 100%: how many times as much is far";
                section.ledger.add(value.span().start, message);
            }
            LooksFor::LastYear {
                of,
                factor,
                least: scaled(at_least_one(section, "least"), is_money),
            }
        }
        XrayKind::LikeUnions => {
            let of = quantity(section, names, "of");
            let per = section
                .maybe_spelled("per")
                .map(|spelled| read(section, names, &spelled));
            // A share has no unit; else `least` is said in the number's.
            let is_money = match &per {
                Some(_) => Some(false),
                None => money_of(section, names, [&of]),
            };
            LooksFor::LikeUnions(LikeUnions {
                of,
                per,
                sizes: sizes(section),
                spreads: at_least_one(section, "spreads"),
                least: scaled(at_least_one(section, "least"), is_money),
                fewest: fewest(section),
            })
        }
        XrayKind::NoEvidence => {
            section.required("titles");
            LooksFor::NoEvidence {
                titles: titles(section, names),
                from: at_least_one(section, "from"),
            }
        }
        XrayKind::SamePhoto => {
            let distance = section.number("distance");
            if let Some(value) = section.value("distance")
                && distance > FURTHEST
            {
                let message = format!("`distance` is from 0 to {FURTHEST} bits of 64");
                section.ledger.add(value.span().start, message);
            }
            LooksFor::SamePhoto {
                distance: u32::try_from(distance.min(FURTHEST)).unwrap_or(0),
            }
        }
    }
}

fn quantity(section: &Section<'_>, names: &Names, key: &'static str) -> Quantity {
    let spelled = section.spelled(key).unwrap_or_default();
    if spelled.word.is_empty() {
        return Quantity::Fact(String::new());
    }
    read(section, names, &spelled)
}

fn read(section: &Section<'_>, names: &Names, spelled: &Spelled) -> Quantity {
    if spelled.word.contains('.') {
        let known = KnownQuantity::ALL.map(KnownQuantity::key);
        if KnownQuantity::from_key(&spelled.word).is_none() {
            let meant = sentence(closest(&spelled.word, known.into_iter()));
            let message = format!(
                "`{}` is none of {}{meant}",
                spelled.word,
                known.as_slice().join(", ")
            );
            section.ledger.add(spelled.at, message);
        }
    } else if let Some((_, shape)) = names.fact(section.ledger, spelled)
        && shape.kind.is_some_and(|kind| !kind.is_number())
    {
        let message = format!("`{}` is no number", spelled.word);
        section.ledger.add(spelled.at, message);
    }
    Quantity::of_key(&spelled.word)
}

/// Whether all of them are money; none where some are and some aren't.
fn money_of<'a>(
    section: &Section<'_>,
    names: &Names,
    of: impl IntoIterator<Item = &'a Quantity>,
) -> Option<bool> {
    let is_money = |quantity: &Quantity| {
        let shape = quantity.fact().and_then(|key| names.facts.get(key));
        shape.is_some_and(|shape| shape.kind == Some(FactKind::Money))
    };
    let mut money = of.into_iter().map(is_money);
    let first = money.next().unwrap_or(false);
    (money.all(|other| other == first) || !section.is_whole()).then_some(first)
}

/// What a file says of money is in yuan, and in fen in memory.
fn scaled(number: u64, is_money: Option<bool>) -> u64 {
    match is_money {
        Some(true) => number.saturating_mul(100),
        _ => number,
    }
}

fn at_least_one(section: &Section<'_>, key: &'static str) -> u64 {
    let found = section.number(key);
    if let Some(value) = section.value(key)
        && found == 0
    {
        let message = format!("`{key}` is at least 1");
        section.ledger.add(value.span().start, message);
    }
    found.max(1)
}

/// Of two or three unions any of them may be called unusual.
fn fewest(section: &Section<'_>) -> u64 {
    const LEAST: u64 = 5;
    let found = section.number("fewest");
    if let Some(value) = section.value("fewest")
        && found < LEAST
    {
        let message = format!("`fewest` is at least {LEAST}: of fewer unions nothing is usual");
        section.ledger.add(value.span().start, message);
    }
    found.max(LEAST)
}

fn sizes(section: &Section<'_>) -> Vec<u64> {
    let Some(value) = section.value("sizes") else {
        return Vec::new();
    };
    let toml::de::DeValue::Array(array) = value.get_ref() else {
        section.wrong_type("sizes", value, "a list of whole numbers");
        return Vec::new();
    };
    let mut found: Vec<u64> = Vec::new();
    for item in array.iter() {
        let Some(size) = number(item) else {
            section.wrong_type("sizes", item, "a list of whole numbers");
            continue;
        };
        if size == 0 || found.last().is_some_and(|before| *before >= size) {
            let message = "`sizes` go up, and begin above 0: each is where a size begins";
            section.ledger.add(item.span().start, message);
        }
        found.push(size);
    }
    found
}

fn maybe_rate(section: &Section<'_>, key: &'static str) -> Rate {
    match section.maybe_spelled(key) {
        Some(spelled) => parsed(section, &spelled),
        None => NONE,
    }
}

fn rate(section: &Section<'_>, key: &'static str) -> Rate {
    match section.spelled(key) {
        Some(spelled) => parsed(section, &spelled),
        None => NONE,
    }
}

const NONE: Rate = Rate {
    numerator: 0,
    denominator: 100,
};

fn parsed(section: &Section<'_>, Spelled { word, at }: &Spelled) -> Rate {
    word.parse().unwrap_or_else(|message: &str| {
        section.ledger.add(*at, message);
        NONE
    })
}
