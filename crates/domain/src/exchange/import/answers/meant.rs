//! The unit that a row of the table means.

use crate::{
    core::text::line,
    exchange::import::{
        ImportColumn, ImportRow,
        fate::Reasons,
        refusal::ImportRefusal,
        unit::{Names, unit_of},
        vetoes::other_code,
    },
    register::unit::Unit,
};

const CODES: [&str; 2] = ["credit_code", "employer_code"];
const NAMES: [&str; 2] = ["unit", "employer"];

/// The unit that a row names by the names and codes of the union and its employer, which all mean one. A code that nobody has leaves it to the names;
/// without any code it is the first name that is there, which may be a near one.
pub(super) fn unit_meant(
    columns: &[ImportColumn],
    row: &ImportRow,
    names: &Names<'_>,
    units: &[Unit],
    reasons: &mut Reasons,
) -> Option<usize> {
    let by_code = |key: &str| match row.get(key) {
        "" => None,
        code => names.meant(code).ok(),
    };
    let coded = CODES.into_iter().find_map(|key| Some((key, by_code(key)?)));
    let (key, place) = match coded {
        Some(coded) => coded,
        None => {
            let key = NAMES.into_iter().find(|key| !row.get(key).is_empty());
            let key = key.unwrap_or("unit");
            (key, unit_of(columns, key, row, names, reasons)?)
        }
    };
    let registered = |place: usize| units[place].details.name.clone();
    for code in CODES {
        let typed = row.get(code);
        let refusal = match by_code(code) {
            Some(other) if other == place => continue,
            // The first code means one unit, this one another.
            Some(other) => ImportRefusal::NameAndCode {
                typed: line(typed),
                code: line(row.get(key)),
                registered: registered(place),
                named: Some(registered(other)),
            },
            None => match other_code(&units[place], typed) {
                Some(known) => ImportRefusal::CodeNotItsOwn {
                    code: line(typed),
                    registered: registered(place),
                    known,
                },
                None => continue,
            },
        };
        reasons.add(columns, code, &refusal.into());
        return None;
    }
    for name in NAMES {
        let typed = row.get(name);
        let Err(named) = names_it(name, typed, (place, &units[place]), names) else {
            continue;
        };
        let (typed, named) = (line(typed), named.map(registered));
        let refusal = if coded.is_some() {
            ImportRefusal::NameAndCode {
                typed,
                code: line(row.get(key)),
                registered: registered(place),
                named,
            }
        } else {
            ImportRefusal::NamesDiffer {
                typed: line(row.get(key)),
                other: typed,
                registered: registered(place),
                named,
            }
        };
        reasons.add(columns, name, &refusal.into());
        return None;
    }
    Some(place)
}

/// Whether a name may be that of a unit or of its employer; else whom it means, if anybody.
fn names_it(
    key: &str,
    typed: &str,
    (place, unit): (usize, &Unit),
    names: &Names<'_>,
) -> Result<(), Option<usize>> {
    let named = names.meant(typed);
    let is_it = match &named {
        Ok(named) => *named == place,
        Err(ImportRefusal::UnitMissing) => true,
        Err(ImportRefusal::UnitSeveral { .. }) => names.is_called(place, typed),
        // The register has no employer's name to compare it with.
        Err(ImportRefusal::UnitUnknown { .. })
            if key == "employer" && unit.details.employer_name.is_none() =>
        {
            true
        }
        Err(_) => names.is_nearly_called(place, typed),
    };
    match is_it {
        true => Ok(()),
        false => Err(named.ok()),
    }
}
