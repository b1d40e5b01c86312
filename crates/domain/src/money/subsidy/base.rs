//! What subsidies start from where the city records it: one amount a unit and year, corrected by a new record.

use jianjia_standard::{
    Standard,
    programme::subsidy::{BaseRule, SubsidyScheme},
};
use jiff::Timestamp;

use super::{NOTE_AT_MOST, SubsidyRefusal, open_year};
use crate::{
    core::{
        ids::{AccountId, SubsidyBaseId, UnitId},
        policy::{Permit, act},
        refusal::{General, Refusal},
        text::line,
        width::narrow,
    },
    register::unit::Unit,
    year::assessment::kind_of,
};

/// The most that a unit's base can be: ten million yuan. More is a slip of the keyboard.
pub const MOST_FEN: i64 = 1_000_000_000;

/// What a unit's subsidy of a year starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    pub id: SubsidyBaseId,
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    /// The first of a unit and year is 1; the last one holds.
    pub number: i64,
    pub amount_fen: i64,
    pub source: BaseSource,
    pub note: String,
    /// None for the command line.
    pub recorded_by: Option<AccountId>,
    pub recorded_by_name: String,
    pub recorded_at: Timestamp,
}

jianjia_standard::keyed! {
    pub enum BaseSource {
        Typed = "typed" / "补贴|页面登记",
        Imported = "imported" / "补贴|表格导入",
    }
}

/// What is typed of a base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseInput {
    pub year: i16,
    /// In yuan.
    pub amount: String,
    pub note: String,
    /// The number of the base that was shown; 0 where there was none.
    pub seen: i64,
}

/// What is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBase {
    pub year: i16,
    pub number: i64,
    pub amount_fen: i64,
    pub note: String,
}

/// The scheme by which a unit's base is recorded.
///
/// # Errors
/// For a year without subsidies, a unit of a kind or place that gets none or whose place is not known, and one whose base is counted by the year sheet.
pub fn scheme_of<'a>(
    standard: &'a Standard,
    unit: &Unit,
    year: i16,
) -> Result<&'a SubsidyScheme, SubsidyRefusal> {
    open_year(standard, year)?;
    let name = || unit.details.name.clone();
    let kind = kind_of(unit.kind).ok();
    let kinds = standard.subsidy.iter().flat_map(|rules| &rules.kinds);
    let Some(kind) = kind.filter(|kind| kinds.clone().any(|known| known == kind)) else {
        let kinds = kinds.copied().collect();
        return Err(SubsidyRefusal::NotOfKind {
            unit: name(),
            kinds,
        });
    };
    if super::has_no_place(standard, unit) {
        return Err(SubsidyRefusal::NoPlace { unit: name() });
    }
    let scheme = standard
        .subsidy_scheme(kind, &unit.details.division)
        .ok_or_else(|| SubsidyRefusal::NoScheme { unit: name() })?;
    match scheme.base {
        BaseRule::Recorded => Ok(scheme),
        BaseRule::Counted { .. } => Err(SubsidyRefusal::Counted {
            scheme: scheme.name.clone(),
        }),
    }
}

/// Records a unit's base; none where it stands so already.
///
/// # Errors
/// As `take_over`; `Stale` when another base was recorded since the form was shown.
pub fn record_base(
    standard: &Standard,
    _: &Permit<act::RecordSubsidyBase>,
    unit: &Unit,
    input: &BaseInput,
    standing: Option<&Base>,
) -> Result<Option<NewBase>, Refusal> {
    let new = take_over(standard, unit, input, standing)?;
    let number = standing.map_or(0, |standing| standing.number);
    if new.is_some() && input.seen != number {
        return Err(General::Stale.into());
    }
    Ok(new)
}

/// What a base becomes by what was typed, of a form or of a row of a table; none where it stands so already.
///
/// # Errors
/// As `scheme_of`; each field's own.
pub fn take_over(
    standard: &Standard,
    unit: &Unit,
    input: &BaseInput,
    standing: Option<&Base>,
) -> Result<Option<NewBase>, Refusal> {
    scheme_of(standard, unit, input.year)?;
    let note = line(&input.note);
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let amount = amount_of(&input.amount);
    if let Err(refusal) = &amount {
        wrong.push(("amount".to_owned(), refusal.clone().into()));
    }
    if note.chars().count() > NOTE_AT_MOST {
        wrong.push(("note".to_owned(), SubsidyRefusal::NoteTooLong.into()));
    }
    let Ok(amount_fen) = amount else {
        return Err(Refusal::Fields(wrong));
    };
    let before = standing.filter(|standing| standing.amount_fen != amount_fen);
    if before.is_some() && note.is_empty() {
        wrong.push(("note".to_owned(), SubsidyRefusal::NoteMissing.into()));
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    // The same amount without another note says nothing new.
    let is_same = standing.is_some_and(|standing| {
        standing.amount_fen == amount_fen && (note.is_empty() || standing.note == note)
    });
    Ok((!is_same).then(|| NewBase {
        year: input.year,
        number: standing.map_or(0, |standing| standing.number) + 1,
        amount_fen,
        note,
    }))
}

/// An amount as people write it: `10000`, `10,000.00`, `¥10000元`.
///
/// # Errors
/// When there is none, when it is no amount, and when it is more than a base can be.
pub fn amount_of(typed: &str) -> Result<i64, SubsidyRefusal> {
    let text = narrow(typed);
    let text = text.trim();
    if text.is_empty() {
        return Err(SubsidyRefusal::AmountMissing);
    }
    let wrong = || SubsidyRefusal::AmountWrong { typed: line(typed) };
    let plain = text.trim_start_matches(['¥', '￥']);
    let plain = plain.strip_suffix('元').unwrap_or(plain).trim();
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = !whole.contains(',')
        || (first.len() <= 3 && groups.all(|group| group.len() == 3 && digits(group)));
    // A sheet may carry more zeros than are paid.
    let decimals = decimals.trim_end_matches('0');
    let fits = !first.is_empty() && digits(first) && is_grouped && digits(decimals);
    if !fits || decimals.len() > 2 || plain.ends_with('.') {
        return Err(wrong());
    }
    let yuan: i64 = whole.replace(',', "").parse().map_err(|_| wrong())?;
    let rest: i64 = format!("{decimals:0<2}").parse().map_err(|_| wrong())?;
    let fen = yuan.checked_mul(100).and_then(|fen| fen.checked_add(rest));
    fen.filter(|fen| *fen <= MOST_FEN)
        .ok_or(SubsidyRefusal::AmountTooLarge)
}
