//! The history of a unit, and its record as of a day.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{core::app::App, register::unit as units};
use jianjia_domain::{
    core::{day, ids::UnitId, policy::Act},
    register::{
        person::masked_phone,
        unit::{
            Unit, UnitChange, UnitVersion,
            codes::word_of,
            form::{self, FIELDS, differing, list_of},
        },
    },
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::register::unit::label,
    path::Path,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    on: String,
}

#[derive(Template)]
#[template(path = "register/unit/history.html")]
struct History {
    frame: Frame,
    unit: Unit,
    versions: Vec<VersionLine>,
    asked: Asked,
    as_of: Option<AsOf>,
}

struct VersionLine {
    version: UnitVersion,
    word: String,
    /// What changed, from the version before: the field, before, after.
    changes: Vec<(&'static str, String, String)>,
}

/// The record on the day that was asked for.
struct AsOf {
    day: String,
    /// None: not in the register then.
    fields: Option<Vec<(&'static str, String)>>,
}

pub async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (unit, versions) = units::history(&app, &actor, &id).await?;
    let shows_phone = frame.may(&Act::EditUnit, &unit.place());
    let as_of = match day::read(&asked.on) {
        None => None,
        Some(day) => Some(AsOf {
            day: frame.day(day),
            fields: units::as_of(&app, &actor, &id, day)
                .await?
                .map(|version| fields(&frame, &version.unit, shows_phone)),
        }),
    };
    let lines = versions
        .iter()
        .enumerate()
        .map(|(place, version)| VersionLine {
            word: frame.t_fixed(word(version.change)).to_owned(),
            changes: match versions.get(place + 1) {
                Some(before) if version.change != UnitChange::Founded => {
                    changes(&frame, &before.unit, &version.unit, shows_phone)
                }
                _ => Vec::new(),
            },
            version: version.clone(),
        })
        .collect();
    page(&History {
        frame,
        unit,
        versions: lines,
        asked,
        as_of,
    })
}

fn word(change: UnitChange) -> &'static str {
    match change {
        UnitChange::Founded => "历史|登记",
        UnitChange::Corrected => "历史|更正",
        UnitChange::Moved => "历史|转移",
        UnitChange::Renamed => "历史|更名",
        UnitChange::Merged => "历史|合并",
        UnitChange::Closed => "历史|撤销",
    }
}

fn fields(frame: &Frame, unit: &Unit, shows_phone: bool) -> Vec<(&'static str, String)> {
    let typed = form::of(&unit.details);
    FIELDS
        .iter()
        .map(|field| {
            let value = typed.get(field.key).unwrap_or_default();
            (
                label(frame, field),
                shown(frame, field.key, value, shows_phone),
            )
        })
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn changes(
    frame: &Frame,
    before: &Unit,
    after: &Unit,
    shows_phone: bool,
) -> Vec<(&'static str, String, String)> {
    let (from, to) = (form::of(&before.details), form::of(&after.details));
    differing(&before.details, &after.details)
        .into_iter()
        .map(|field| {
            let value = |form: &form::UnitForm| {
                shown(
                    frame,
                    field.key,
                    form.get(field.key).unwrap_or_default(),
                    shows_phone,
                )
            };
            (label(frame, field), value(&from), value(&to))
        })
        .collect()
}

fn shown(frame: &Frame, key: &str, value: &str, shows_phone: bool) -> String {
    if key == "phone" && !shows_phone {
        return masked_phone(value);
    }
    list_of(key)
        .map_or(value, |list| word_of(list, value, frame.lang))
        .to_owned()
}
