//! Whether a unit may be founded, moved, renamed, merged or closed, and what then follows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        place::{UnitKind, is_within},
        policy::{Permit, act},
        refusal::Refusal,
        text::line,
    },
    register::unit::{Unit, UnitState, form::Refusals, refusal::UnitRefusal},
};

/// A change as typed: from which day it holds and what it is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeForm {
    pub on: String,
    pub note: String,
    /// The new name, the new upper union or the successor, by what is changed.
    pub target: String,
}

/// A change read from its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub on: Date,
    pub note: String,
}

/// What the register knows about a unit that decides whether it may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings<'a> {
    /// The day of the last move or new name.
    pub last_change_on: Option<Date>,
    /// The kinds of the living units directly below.
    pub kinds_below: &'a [UnitKind],
    /// Living units directly below.
    pub living_below: i64,
    /// Applications under review or returned, of the unit and of all below it.
    pub applications_running: i64,
}

/// Whether a unit of a kind may stand directly under one of another (clauses A1-A4).
pub fn may_stand_under(kind: UnitKind, upper: UnitKind) -> bool {
    use UnitKind::{
        Branch, City, Direct, District, Grassroots, Industry, Sector, Township, Village, Zone,
    };
    match kind {
        City => false,
        District | Direct => upper == City,
        Industry => matches!(upper, City | District),
        Township | Zone => matches!(upper, City | District | Zone) && kind != upper,
        Village => matches!(upper, District | Township | Zone),
        Sector => matches!(upper, District | Industry | Township | Zone | Village),
        Grassroots => upper.is_federation(),
        Branch => matches!(upper, Grassroots | Direct | Branch),
    }
}

/// The kinds that may be registered directly under a unit.
pub fn kinds_under(upper: UnitKind) -> Vec<UnitKind> {
    UnitKind::ALL
        .into_iter()
        .filter(|kind| may_stand_under(*kind, upper))
        .collect()
}

/// Whether a unit of `kind` may be registered or put under `upper`.
///
/// # Errors
/// `UpperEnded` when the upper union is no more; `KindUnder` when the kinds don't go together.
pub fn check_upper(kind: UnitKind, upper: &Unit) -> Result<(), UnitRefusal> {
    if upper.state != UnitState::Active {
        return Err(UnitRefusal::UpperEnded {
            upper: upper.details.name.clone(),
        });
    }
    if !may_stand_under(kind, upper.kind) {
        return Err(UnitRefusal::KindUnder {
            kind,
            upper: upper.kind,
        });
    }
    Ok(())
}

/// Whether the record may be corrected to another kind.
///
/// # Errors
/// `KindUnder` when it may not stand under `upper`; `KindAboveUnits` when one of the kinds `below` may not stand under it.
pub fn check_kind(
    kind: UnitKind,
    upper: Option<&Unit>,
    below: &[UnitKind],
) -> Result<(), UnitRefusal> {
    if let Some(upper) = upper
        && !may_stand_under(kind, upper.kind)
    {
        return Err(UnitRefusal::KindUnder {
            kind,
            upper: upper.kind,
        });
    }
    match below.iter().find(|below| !may_stand_under(**below, kind)) {
        Some(below) => Err(UnitRefusal::KindAboveUnits {
            kind,
            below: *below,
        }),
        None => Ok(()),
    }
}

/// An ended unit is read only.
///
/// # Errors
/// `Ended`.
pub fn check_living(unit: &Unit) -> Result<(), UnitRefusal> {
    match unit.state {
        UnitState::Active => Ok(()),
        UnitState::Merged | UnitState::Closed => Err(UnitRefusal::Ended {
            name: unit.details.name.clone(),
        }),
    }
}

/// The new name, if the unit may take it.
///
/// # Errors
/// `Ended`; by field: `target`: `NameMissing`, `NameSame`, or `TooLong` beyond 100 characters; `on`: `DayMissing`, `BeforeFounding`,
/// `BeforeLastChange`, `NotADay`, `DayInFuture`; `note`: `NoteMissing`, or `TooLong` beyond 300 characters.
pub fn rename(
    unit: &Unit,
    _: &Permit<act::MoveUnit>,
    form: &ChangeForm,
    surroundings: &Surroundings<'_>,
    today: Date,
) -> Result<(String, Change), Refusal> {
    check_living(unit)?;
    let mut refusals = Refusals::default();
    let name = line(&form.target);
    if name.is_empty() {
        refusals.add("target", UnitRefusal::NameMissing);
    } else if name == unit.details.name {
        refusals.add("target", UnitRefusal::NameSame { name: name.clone() });
    } else if name.chars().count() > 100 {
        let field = crate::register::unit::form::FIELDS[0];
        let found = name.chars().count();
        refusals.add("target", UnitRefusal::TooLong { field, found });
    }
    let change = read_change(unit, form, surroundings, today, &mut refusals);
    refusals.or((name, change))
}

/// Whether the unit may go under `upper`.
///
/// # Errors
/// `Ended`, `RootStays`, `ApplicationsRunning`; by field: `target`: `UpperMissing`, `UpperUnknown`, `UpperWithin`, `UpperSame`, or as
/// [`check_upper`]; `on` and `note` as [`rename`].
pub fn move_under(
    unit: &Unit,
    _: &Permit<act::MoveUnit>,
    upper: Option<&Unit>,
    form: &ChangeForm,
    surroundings: &Surroundings<'_>,
    today: Date,
) -> Result<Change, Refusal> {
    check_living(unit)?;
    check_not_root(unit)?;
    let mut refusals = Refusals::default();
    match upper {
        None if line(&form.target).is_empty() => {
            refusals.add("target", UnitRefusal::UpperMissing);
        }
        None => refusals.add(
            "target",
            UnitRefusal::UpperUnknown {
                typed: line(&form.target),
            },
        ),
        Some(upper) if is_within(&upper.path, &unit.path) => refusals.add(
            "target",
            UnitRefusal::UpperWithin {
                upper: upper.details.name.clone(),
            },
        ),
        Some(upper) if unit.parent_id == Some(upper.id) => refusals.add(
            "target",
            UnitRefusal::UpperSame {
                upper: upper.details.name.clone(),
            },
        ),
        Some(upper) => {
            if let Err(refusal) = check_upper(unit.kind, upper) {
                refusals.add("target", refusal);
            }
        }
    }
    let change = read_change(unit, form, surroundings, today, &mut refusals);
    let change = refusals.or(change)?;
    check_nothing_running(surroundings)?;
    Ok(change)
}

/// Whether the unit may go into `successor`; the units below it then stand under the successor.
///
/// # Errors
/// `Ended`, `RootStays`, `ApplicationsRunning`; by field: `target`: `SuccessorMissing`, `SuccessorUnknown`, `SuccessorWithin`,
/// `SuccessorKind`; `on` and `note` as [`rename`].
pub fn merge(
    unit: &Unit,
    _: &Permit<act::MoveUnit>,
    successor: Option<&Unit>,
    form: &ChangeForm,
    surroundings: &Surroundings<'_>,
    today: Date,
) -> Result<Change, Refusal> {
    check_living(unit)?;
    check_not_root(unit)?;
    let mut refusals = Refusals::default();
    match successor {
        None if line(&form.target).is_empty() => {
            refusals.add("target", UnitRefusal::SuccessorMissing);
        }
        Some(successor) if is_within(&successor.path, &unit.path) => refusals.add(
            "target",
            UnitRefusal::SuccessorWithin {
                successor: successor.details.name.clone(),
            },
        ),
        Some(successor) if successor.state == UnitState::Active => {
            if let Some(below) = surroundings
                .kinds_below
                .iter()
                .find(|below| !may_stand_under(**below, successor.kind))
            {
                refusals.add(
                    "target",
                    UnitRefusal::SuccessorKind {
                        successor: successor.details.name.clone(),
                        below: *below,
                    },
                );
            }
        }
        _ => refusals.add(
            "target",
            UnitRefusal::SuccessorUnknown {
                typed: line(&form.target),
            },
        ),
    }
    let change = read_change(unit, form, surroundings, today, &mut refusals);
    let change = refusals.or(change)?;
    check_nothing_running(surroundings)?;
    Ok(change)
}

/// Whether the unit may be closed.
///
/// # Errors
/// `Ended`, `RootStays`, `UnitsBelow`, `ApplicationsRunning`; by field: `on` and `note` as [`rename`].
pub fn close(
    unit: &Unit,
    _: &Permit<act::MoveUnit>,
    form: &ChangeForm,
    surroundings: &Surroundings<'_>,
    today: Date,
) -> Result<Change, Refusal> {
    check_living(unit)?;
    check_not_root(unit)?;
    let mut refusals = Refusals::default();
    let change = read_change(unit, form, surroundings, today, &mut refusals);
    let change = refusals.or(change)?;
    if surroundings.living_below > 0 {
        return Err(UnitRefusal::UnitsBelow {
            count: surroundings.living_below,
        }
        .into());
    }
    check_nothing_running(surroundings)?;
    Ok(change)
}

fn read_change(
    unit: &Unit,
    form: &ChangeForm,
    surroundings: &Surroundings<'_>,
    today: Date,
    refusals: &mut Refusals,
) -> Change {
    let on = refusals.day("on", &form.on, today);
    match on {
        None => refusals.add("on", UnitRefusal::DayMissing),
        Some(on) => {
            if let Some(founded_on) = unit
                .details
                .founded_on
                .filter(|founded_on| on < *founded_on)
            {
                refusals.add("on", UnitRefusal::BeforeFounding { on, founded_on });
            }
            if let Some(last) = surroundings.last_change_on.filter(|last| on < *last) {
                refusals.add("on", UnitRefusal::BeforeLastChange { on, last });
            }
        }
    }
    let note = line(&form.note);
    if note.is_empty() {
        refusals.add("note", UnitRefusal::NoteMissing);
    } else if note.chars().count() > NOTE.limit {
        let found = note.chars().count();
        refusals.add("note", UnitRefusal::TooLong { field: NOTE, found });
    }
    Change {
        on: on.unwrap_or(today),
        note,
    }
}

const NOTE: crate::register::unit::form::Field = crate::register::unit::form::Field {
    key: "note",
    zh: "依据",
    en: "Basis",
    limit: 300,
};

fn check_not_root(unit: &Unit) -> Result<(), UnitRefusal> {
    if unit.parent_id.is_none() {
        return Err(UnitRefusal::RootStays);
    }
    Ok(())
}

fn check_nothing_running(surroundings: &Surroundings<'_>) -> Result<(), UnitRefusal> {
    match surroundings.applications_running {
        0 => Ok(()),
        count => Err(UnitRefusal::ApplicationsRunning { count }),
    }
}
