//! A veto (clauses V1-V11): a state of a unit in a year in which its union, its small homes and its chair may not apply for a trusted
//! title. Recorded with its source by a federation above; lifted with a reason, never deleted.

use jianjia_standard::{Lang, Standard, Text};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::{AccountId, EntryId, UnitId, VetoId},
    place::{UnitKind, UnitPlace},
    policy::{Permit, act},
    refusal::{Refusal, Refuse},
    text::form::of_name,
};

/// That a unit is or was in the state of a veto clause in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Veto {
    pub id: VetoId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub year: i16,
    pub clause: String,
    /// Which department or document says so.
    pub source: String,
    pub note: String,
    /// Empty text where an import recorded it.
    pub recorded_by: Option<AccountId>,
    pub recorded_by_name: String,
    pub recorded_at: Timestamp,
    /// What a department said of the unit, of which it is the record; none where a federation recorded it.
    pub entry: Option<EntryId>,
    pub lifted: Option<Lifting>,
}

jianjia_standard::keyed! {
    /// Whether a veto bars, as lists and tables say it.
    pub enum VetoState {
        InForce = "in-force" / "限制申报",
        Lifted = "lifted" / "已解除",
    }
}

impl VetoState {
    /// The state that a cell of a table names, in Chinese or English; an empty one stands for a veto in force.
    pub fn read(typed: &str) -> Option<VetoState> {
        let typed = of_name(typed);
        let is = |words: &[&str]| words.iter().any(|word| of_name(word) == typed);
        if is(&[
            "",
            "限制申报",
            "现在限制申报",
            "有效",
            "In force",
            "Bars applications",
        ]) {
            Some(VetoState::InForce)
        } else if is(&["已解除", "解除", "Lifted"]) {
            Some(VetoState::Lifted)
        } else {
            None
        }
    }
}

impl Veto {
    pub fn state(&self) -> VetoState {
        match self.lifted {
            None => VetoState::InForce,
            Some(_) => VetoState::Lifted,
        }
    }

    /// The last day on which it bars: it holds for its year (section 4 · 4).
    pub fn bars_until(&self) -> Date {
        Date::new(self.year, 12, 31).unwrap_or(Date::MAX)
    }
}

/// That a veto no longer holds, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifting {
    pub at: Timestamp,
    pub by_name: String,
    pub reason: String,
}

/// What a federation records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VetoInput {
    pub year: i16,
    pub clause: String,
    pub source: String,
    pub note: String,
}

const SOURCE_AT_MOST: usize = 200;
const NOTE_AT_MOST: usize = 500;

/// No record reaches further back.
const FIRST_YEAR: i16 = 1949;

/// Whether the unit can be recorded as vetoed by what was typed: in a year of the programme that has begun.
///
/// # Errors
/// A refusal for each field that can't be taken; a branch has no vetoes of its own.
pub fn record(
    standard: &Standard,
    permit: &Permit<act::RecordVeto>,
    input: &VetoInput,
    this_year: i16,
) -> Result<(), Refusal> {
    let unit = &permit.unit;
    checked(unit, wrong_fields(standard, input, this_year))
}

/// What can't be taken of what was typed, whatever unit it is for.
pub fn wrong_fields(
    standard: &Standard,
    input: &VetoInput,
    this_year: i16,
) -> Vec<(String, Refusal)> {
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    let year = if !(first..=last).contains(&input.year) {
        Err(VetoRefusal::OutsideProgramme { first, last })
    } else if input.year > this_year {
        // What nobody can have found yet.
        let last = this_year;
        Err(VetoRefusal::NotAYear { first, last })
    } else {
        Ok(())
    };
    wrong_with(standard, input, year)
}

/// Whether the unit can be recorded as vetoed by a table's row. Earlier years than the programme's are taken too: they bar
/// nobody and stand in the register as history, and what was exported can be imported again.
///
/// # Errors
/// As [`record`].
pub fn take_over(
    standard: &Standard,
    unit: &UnitPlace,
    input: &VetoInput,
    this_year: i16,
) -> Result<(), Refusal> {
    let (first, last) = (FIRST_YEAR, standard.programme.last_year.min(this_year));
    let is_known = (first..=last).contains(&input.year);
    let year = is_known
        .then_some(())
        .ok_or(VetoRefusal::NotAYear { first, last });
    checked(unit, wrong_with(standard, input, year))
}

fn checked(unit: &UnitPlace, wrong: Vec<(String, Refusal)>) -> Result<(), Refusal> {
    if unit.kind == UnitKind::Branch {
        return Err(VetoRefusal::OfItsUnit.into());
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(wrong))
    }
}

fn wrong_with(
    standard: &Standard,
    input: &VetoInput,
    year: Result<(), VetoRefusal>,
) -> Vec<(String, Refusal)> {
    let mut fields: Vec<(String, Refusal)> = Vec::new();
    let mut wrong =
        |field: &str, refusal: VetoRefusal| fields.push((field.to_owned(), refusal.into()));
    if standard.veto(&input.clause).is_none() {
        wrong(
            "clause",
            VetoRefusal::UnknownClause {
                clause: input.clause.clone(),
                known: standard
                    .vetoes
                    .iter()
                    .map(|veto| (veto.clause.clone(), veto.name.clone()))
                    .collect(),
            },
        );
    }
    if let Err(refusal) = year {
        wrong("year", refusal);
    }
    if input.source.trim().is_empty() {
        wrong("source", VetoRefusal::NoSource);
    }
    for (field, text, most) in [
        ("source", &input.source, SOURCE_AT_MOST),
        ("note", &input.note, NOTE_AT_MOST),
    ] {
        let length = text.chars().count();
        if length > most {
            wrong(field, VetoRefusal::TooLong { length, most });
        }
    }
    fields
}

/// The lifting of a veto.
///
/// # Errors
/// When the reason is missing or too long, or it was lifted already.
pub fn lift(
    veto: &Veto,
    _: &Permit<act::RecordVeto>,
    reason: &str,
    by_name: &str,
    now: Timestamp,
) -> Result<Lifting, Refusal> {
    if veto.lifted.is_some() {
        return Err(VetoRefusal::LiftedAlready.into());
    }
    let reason = reason.trim();
    let length = reason.chars().count();
    if reason.is_empty() {
        return Err(Refusal::at("reason", VetoRefusal::NoReason));
    }
    if length > NOTE_AT_MOST {
        let too_long = VetoRefusal::TooLong {
            length,
            most: NOTE_AT_MOST,
        };
        return Err(Refusal::at("reason", too_long));
    }
    Ok(Lifting {
        at: now,
        by_name: by_name.to_owned(),
        reason: reason.to_owned(),
    })
}

/// Why a veto can't be recorded or lifted.
#[derive(Clone, Debug, PartialEq)]
pub enum VetoRefusal {
    OfItsUnit,
    UnknownClause {
        clause: String,
        /// The clauses that there are, with their names.
        known: Vec<(String, Text)>,
    },
    OutsideProgramme {
        first: i16,
        last: i16,
    },
    NotAYear {
        first: i16,
        last: i16,
    },
    NoSource,
    NoReason,
    TooLong {
        length: usize,
        most: usize,
    },
    RecordedAlready {
        clause: String,
        year: i16,
    },
    LiftedAlready,
    /// A department's answer came to it.
    OfADepartment,
    NoSuchUnit {
        given: String,
    },
    /// A row of a table says that it is lifted, and none such is on record.
    StatedLifted,
    /// A row of a table would record anew what was lifted on a day.
    LiftedBefore {
        on: Date,
    },
    /// A row of a table has a state that can't be read.
    UnknownState {
        typed: String,
    },
}

/// Clauses with their names: V1 拖欠工资.
fn told(known: &[(String, Text)], lang: Lang, between: &str) -> String {
    let told = known
        .iter()
        .map(|(clause, name)| format!("{clause} {}", name.get(lang)));
    told.collect::<Vec<_>>().join(between)
}

impl Refuse for VetoRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (VetoRefusal::OfItsUnit, Lang::Zh) => {
                "否决情形记在单位工会上，不单独记在分工会、小组上：请在它所属的工会上登记，小家随之受限。".to_owned()
            }
            (VetoRefusal::OfItsUnit, Lang::En) => {
                "A veto is recorded for the union of the unit, not for a branch: record it for the union above, and its small homes are barred with it.".to_owned()
            }
            (VetoRefusal::UnknownClause { clause, .. }, Lang::Zh) if clause.is_empty() => {
                "没有选择否决情形。请选一项。".to_owned()
            }
            (VetoRefusal::UnknownClause { clause, .. }, Lang::En) if clause.is_empty() => {
                "No veto clause was chosen. Please choose one.".to_owned()
            }
            (VetoRefusal::UnknownClause { clause, known }, Lang::Zh) => {
                format!(
                    "标准里没有“{clause}”这一条否决情形。请从这些当中选一项：{}。",
                    told(known, lang, "、")
                )
            }
            (VetoRefusal::UnknownClause { clause, known }, Lang::En) => {
                format!(
                    "The standard has no veto clause “{clause}”. Please choose one of: {}.",
                    told(known, lang, "; ")
                )
            }
            (VetoRefusal::OutsideProgramme { first, last }, Lang::Zh) => {
                format!("年度不在规划期内：请填{first}到{last}之间的年份。")
            }
            (VetoRefusal::OutsideProgramme { first, last }, Lang::En) => {
                format!("The year is outside the programme: give one from {first} to {last}.")
            }
            (VetoRefusal::NotAYear { first, last }, Lang::Zh) => {
                format!("年度没有填对：请填{first}到{last}之间的年份。")
            }
            (VetoRefusal::NotAYear { first, last }, Lang::En) => {
                format!("The year can't be read: give one from {first} to {last}.")
            }
            (VetoRefusal::NoSource, Lang::Zh) => {
                "没有写来源：请写明是哪个部门、哪份文件认定的，被限制的单位会看到它。".to_owned()
            }
            (VetoRefusal::NoSource, Lang::En) => {
                "The source is missing: name the department or document that found it; the unit concerned will read it.".to_owned()
            }
            (VetoRefusal::NoReason, Lang::Zh) => {
                "没有写解除理由：请写明为什么不再认定，例如哪个部门已出具证明。".to_owned()
            }
            (VetoRefusal::NoReason, Lang::En) => {
                "The reason is missing: say why the veto no longer holds, for instance which department confirmed it.".to_owned()
            }
            (VetoRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (VetoRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
            (VetoRefusal::RecordedAlready { clause, year }, Lang::Zh) => {
                format!("{year}年度的{clause}已经登记在这个单位名下，不必重复登记。")
            }
            (VetoRefusal::RecordedAlready { clause, year }, Lang::En) => {
                format!("{clause} of {year} is on record for this unit already; it need not be recorded again.")
            }
            (VetoRefusal::LiftedAlready, Lang::Zh) => {
                "这条否决情形已经解除，记录在案，不必再办。".to_owned()
            }
            (VetoRefusal::LiftedAlready, Lang::En) => {
                "This veto was lifted already and stays on record; there is nothing to do.".to_owned()
            }
            (VetoRefusal::OfADepartment, Lang::Zh) => {
                "这条否决情形是部门认定、维持的，由市总工会或该部门解除。请把情况和材料告诉市总工会。".to_owned()
            }
            (VetoRefusal::OfADepartment, Lang::En) => {
                "This veto rests on a department's answer that was upheld: the city federation or the department lifts it. Tell the city what has changed.".to_owned()
            }
            (VetoRefusal::StatedLifted, Lang::Zh) => {
                "这一行的状态是“已解除”，登记里没有同样已经解除的：表格只登记仍然有效的否决情形，不登记已经解除的，也不办理解除。请删掉这一行；要解除的，请在“否决登记”里打开它办理。".to_owned()
            }
            (VetoRefusal::StatedLifted, Lang::En) => {
                "The row says that the veto is lifted, and none such is on record: a table records vetoes that stand, none that were lifted, and it lifts none. Delete the row; to lift a veto, open it in the register of vetoes.".to_owned()
            }
            (VetoRefusal::LiftedBefore { on }, Lang::Zh) => {
                format!("同一来源的这条否决情形已于{on}解除，不能凭旧表再登记一次。请删掉这一行；确实又有新的认定，请把来源写成新的文件。")
            }
            (VetoRefusal::LiftedBefore { on }, Lang::En) => {
                format!("The same veto from the same source was lifted on {on} and is not recorded anew from an earlier table. Delete the row; where it was found again, give the new document as its source.")
            }
            (VetoRefusal::UnknownState { typed }, Lang::Zh) => {
                format!("状态“{typed}”看不懂：请写“限制申报”或“已解除”，也可以空着，空着的按仍然有效登记。")
            }
            (VetoRefusal::UnknownState { typed }, Lang::En) => {
                format!("The state “{typed}” can't be read: write “In force” or “Lifted”, or leave the cell empty for a veto that stands.")
            }
            (VetoRefusal::NoSuchUnit { given }, Lang::Zh) => {
                format!("名册里没有找到“{given}”。请填工会名称或拼音的一部分、工会编号或统一社会信用代码，从列出的工会里选，或从工会页面进入登记。")
            }
            (VetoRefusal::NoSuchUnit { given }, Lang::En) => {
                format!("The register has no union \"{given}\". Give part of its name or its pinyin, its number or its credit code and choose among those listed, or start from the union's page.")
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            VetoRefusal::OfItsUnit => "veto/of-its-unit",
            VetoRefusal::UnknownClause { .. } => "veto/unknown-clause",
            VetoRefusal::OutsideProgramme { .. } => "veto/outside-programme",
            VetoRefusal::NotAYear { .. } => "veto/not-a-year",
            VetoRefusal::NoSource => "veto/no-source",
            VetoRefusal::NoReason => "veto/no-reason",
            VetoRefusal::TooLong { .. } => "veto/too-long",
            VetoRefusal::RecordedAlready { .. } => "veto/recorded-already",
            VetoRefusal::LiftedAlready => "veto/lifted-already",
            VetoRefusal::OfADepartment => "veto/of-a-department",
            VetoRefusal::NoSuchUnit { .. } => "veto/no-such-unit",
            VetoRefusal::StatedLifted => "veto/stated-lifted",
            VetoRefusal::LiftedBefore { .. } => "veto/lifted-before",
            VetoRefusal::UnknownState { .. } => "veto/unknown-state",
        }
    }
}
/// What a veto stops while it stands: the titles that can't be applied for.
pub fn stops(standard: &Standard) -> Text {
    let barred = || {
        standard
            .titles
            .iter()
            .filter(|title| title.barred_by_vetoes)
    };
    let names = |lang| -> Vec<&str> { barred().map(|title| title.name.get(lang)).collect() };
    Text {
        zh: format!("解除以前不能申报：{}。", names(Lang::Zh).join("、")),
        en: format!(
            "Until it is lifted these can't be applied for: {}.",
            names(Lang::En).join(", ")
        ),
    }
}

/// That the same state bars on by another record, whatever was lifted.
pub fn bars_on(standing: &Veto) -> Text {
    let source = &standing.source;
    Text {
        zh: format!("同一情形另有认定（{source}），否决仍然有效。"),
        en: format!(
            "The same state stands by another record ({source}), so that the veto holds on."
        ),
    }
}
