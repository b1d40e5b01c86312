//! A title held (clauses P2, P4, P5): it begins with the naming, carries a number, can be suspended, resumed, revoked or withdrawn with
//! its whole batch, each with a reason. Nothing is deleted: [`HonourEvent`] tells the story.

use jianjia_standard::{Lang, Standard, kinds::HonourLevel, programme::Title};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, ApplicationId, HonourId, PersonId, UnitId},
    policy::{Act, Actor, Role},
    refusal::{General, Refusal},
    unit::{UnitKind, is_within},
};

/// A title held by a unit or by a person of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Honour {
    pub id: HonourId,
    pub title: String,
    pub level: HonourLevel,
    /// The round's year; for titles from before the programme, the year in which they were given.
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_kind: UnitKind,
    pub division: String,
    /// The unit's name when the title was given.
    pub holder_name: String,
    pub holder_sort_key: String,
    pub person: Option<PersonId>,
    /// Empty for a title of the unit's own.
    pub person_name: String,
    /// Empty for an old title whose number is not known.
    pub number: String,
    pub begun_on: Date,
    pub state: HonourState,
    /// Clause P5: the federation found that the holder still meets the conditions.
    pub reconfirmed: bool,
    pub reconfirmed_by: Option<UnitId>,
    pub source: HonourSource,
    pub named_by: Option<UnitId>,
    pub application: Option<ApplicationId>,
    /// Shared by the titles that were given in one act; empty for old titles.
    pub batch: String,
    pub revision: i64,
    pub recorded_at: Timestamp,
}

impl Honour {
    /// Whether the title counts today: neither suspended nor revoked nor withdrawn.
    pub fn is_in_force(&self) -> bool {
        self.state == HonourState::InForce
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HonourState {
    InForce,
    Suspended,
    Revoked,
    Withdrawn,
}

impl HonourState {
    pub const ALL: [HonourState; 4] = [
        HonourState::InForce,
        HonourState::Suspended,
        HonourState::Revoked,
        HonourState::Withdrawn,
    ];

    pub fn key(self) -> &'static str {
        match self {
            HonourState::InForce => "in-force",
            HonourState::Suspended => "suspended",
            HonourState::Revoked => "revoked",
            HonourState::Withdrawn => "withdrawn",
        }
    }

    pub fn from_key(key: &str) -> Option<HonourState> {
        HonourState::ALL
            .into_iter()
            .find(|state| state.key() == key)
    }

    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(self) -> &'static str {
        match self {
            HonourState::InForce => "有效",
            HonourState::Suspended => "暂停",
            HonourState::Revoked => "撤销",
            HonourState::Withdrawn => "收回",
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, _) => self.word(),
            (Lang::En, HonourState::InForce) => "in force",
            (Lang::En, HonourState::Suspended) => "suspended",
            (Lang::En, HonourState::Revoked) => "revoked",
            (Lang::En, HonourState::Withdrawn) => "withdrawn",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HonourSource {
    /// By a decision in this system.
    Named,
    /// An old title, brought in from a list.
    Imported,
}

impl HonourSource {
    pub fn key(self) -> &'static str {
        match self {
            HonourSource::Named => "named",
            HonourSource::Imported => "imported",
        }
    }

    pub fn from_key(key: &str) -> Option<HonourSource> {
        [HonourSource::Named, HonourSource::Imported]
            .into_iter()
            .find(|source| source.key() == key)
    }
}

/// What can happen to a title held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HonourAct {
    Named,
    Imported,
    Suspended,
    Resumed,
    Revoked,
    Withdrawn,
    Reconfirmed,
}

impl HonourAct {
    pub const ALL: [HonourAct; 7] = [
        HonourAct::Named,
        HonourAct::Imported,
        HonourAct::Suspended,
        HonourAct::Resumed,
        HonourAct::Revoked,
        HonourAct::Withdrawn,
        HonourAct::Reconfirmed,
    ];

    pub fn key(self) -> &'static str {
        match self {
            HonourAct::Named => "named",
            HonourAct::Imported => "imported",
            HonourAct::Suspended => "suspended",
            HonourAct::Resumed => "resumed",
            HonourAct::Revoked => "revoked",
            HonourAct::Withdrawn => "withdrawn",
            HonourAct::Reconfirmed => "reconfirmed",
        }
    }

    pub fn from_key(key: &str) -> Option<HonourAct> {
        HonourAct::ALL.into_iter().find(|act| act.key() == key)
    }

    /// The Chinese word shown to people; the locales hold the English one.
    pub fn word(self) -> &'static str {
        match self {
            HonourAct::Named => "命名",
            HonourAct::Imported => "录入",
            HonourAct::Suspended => "暂停",
            HonourAct::Resumed => "恢复",
            HonourAct::Revoked => "撤销",
            HonourAct::Withdrawn => "收回",
            HonourAct::Reconfirmed => "复核仍符合条件",
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, _) => self.word(),
            (Lang::En, HonourAct::Named) => "name",
            (Lang::En, HonourAct::Imported) => "record",
            (Lang::En, HonourAct::Suspended) => "suspend",
            (Lang::En, HonourAct::Resumed) => "resume",
            (Lang::En, HonourAct::Revoked) => "revoke",
            (Lang::En, HonourAct::Withdrawn) => "withdraw",
            (Lang::En, HonourAct::Reconfirmed) => "reconfirm",
        }
    }
}

/// One thing that happened to a title held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HonourEvent {
    /// A time-ordered id of its own, as text.
    pub id: String,
    pub honour: HonourId,
    pub act: HonourAct,
    pub reason: String,
    pub document_number: String,
    /// None for what the command line or an import did.
    pub account: Option<AccountId>,
    pub account_name: String,
    pub at: Timestamp,
}

/// What is given with a suspension, resumption, revocation, withdrawal or reconfirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HonourChange {
    pub reason: String,
    pub document_number: String,
}

const REASON_AT_MOST: usize = 500;
const DOCUMENT_NUMBER_AT_MOST: usize = 60;

/// The number that a title carries, by its format: `{year}` and `{number}` are filled in.
pub fn number(title: &Title, year: i16, number: i64) -> String {
    title
        .number_format
        .replace("{year}", &year.to_string())
        .replace("{number}", &number.to_string())
}

/// The name of the counter that numbers a title's honours of a year.
pub fn counter(title: &str, year: i16) -> String {
    format!("honour:{title}:{year}")
}

/// The honour after `act`; for suspending, resuming, revoking and withdrawing.
///
/// # Errors
/// When the reason is missing, or the title is not in a state from which `act` goes.
pub fn change(
    honour: &Honour,
    act: HonourAct,
    change: &HonourChange,
) -> Result<HonourState, Refusal> {
    checked(act, change)?;
    follow(honour.state, act).ok_or_else(|| {
        HonourRefusal::WrongState {
            act,
            state: honour.state,
            holder: honour.holder_name.clone(),
        }
        .into()
    })
}

/// Whether the words of a change can be taken.
///
/// # Errors
/// A refusal for each field that can't.
pub fn checked(act: HonourAct, change: &HonourChange) -> Result<(), Refusal> {
    let mut fields: Vec<(String, Refusal)> = Vec::new();
    if change.reason.trim().is_empty() {
        fields.push(("reason".to_owned(), HonourRefusal::NoReason { act }.into()));
    }
    for (field, text, most) in [
        ("reason", &change.reason, REASON_AT_MOST),
        (
            "document_number",
            &change.document_number,
            DOCUMENT_NUMBER_AT_MOST,
        ),
    ] {
        let length = text.chars().count();
        if length > most {
            fields.push((
                field.to_owned(),
                HonourRefusal::TooLong { length, most }.into(),
            ));
        }
    }
    if fields.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(fields))
    }
}

/// Whether the number of the document by which titles are given can be taken; it may be empty.
///
/// # Errors
/// When it is too long.
pub fn checked_document_number(given: &str) -> Result<(), Refusal> {
    let length = given.trim().chars().count();
    if length <= DOCUMENT_NUMBER_AT_MOST {
        return Ok(());
    }
    let too_long = HonourRefusal::TooLong {
        length,
        most: DOCUMENT_NUMBER_AT_MOST,
    };
    Err(Refusal::Fields(vec![(
        "document_number".to_owned(),
        too_long.into(),
    )]))
}

/// The acts that a title in this state can go through; for pages that decide what to offer.
pub fn acts_from(state: HonourState) -> impl Iterator<Item = HonourAct> {
    [HonourAct::Suspended, HonourAct::Resumed, HonourAct::Revoked]
        .into_iter()
        .filter(move |act| follow(state, *act).is_some())
}

fn follow(state: HonourState, act: HonourAct) -> Option<HonourState> {
    match (state, act) {
        (HonourState::InForce, HonourAct::Suspended) => Some(HonourState::Suspended),
        (HonourState::Suspended, HonourAct::Resumed) => Some(HonourState::InForce),
        (HonourState::InForce | HonourState::Suspended, HonourAct::Revoked) => {
            Some(HonourState::Revoked)
        }
        (HonourState::InForce | HonourState::Suspended, HonourAct::Withdrawn) => {
            Some(HonourState::Withdrawn)
        }
        _ => None,
    }
}

/// Who gave a title may take it: the district or industry federation below city level (P2), the city from city level on (P4).
///
/// # Errors
/// When the actor approves at neither.
pub fn in_charge(actor: &Actor, honour: &Honour, act: Act) -> Result<(), Refusal> {
    let gives = |kind: UnitKind| match honour.level {
        HonourLevel::County => {
            matches!(
                kind,
                UnitKind::City | UnitKind::District | UnitKind::Industry
            )
        }
        HonourLevel::City | HonourLevel::Province | HonourLevel::Nation => kind == UnitKind::City,
    };
    // P5 asks the federation that would recommend the holder, whatever level the old title is of.
    let answers = |kind: UnitKind| {
        if act == Act::ReconfirmHonour {
            matches!(
                kind,
                UnitKind::City | UnitKind::District | UnitKind::Industry
            )
        } else {
            gives(kind)
        }
    };
    let is_theirs = actor.roles.iter().any(|at| {
        at.role == Role::Approver
            && answers(at.unit.kind)
            && at.unit.id != honour.unit
            && is_within(&honour.unit_path, &at.unit.path)
    });
    if is_theirs {
        Ok(())
    } else if act == Act::ReconfirmHonour {
        Err(HonourRefusal::NotTheFederation.into())
    } else {
        Err(HonourRefusal::GivenElsewhere {
            level: honour.level,
        }
        .into())
    }
}

/// Clause P5: an old title of the standard's level, tier and years counts once the federation found that the holder meets the conditions.
///
/// # Errors
/// When the title can't count by P5, or was reconfirmed already.
pub fn reconfirm(
    standard: &Standard,
    honour: &Honour,
    change: &HonourChange,
) -> Result<(), Refusal> {
    checked(HonourAct::Reconfirmed, change)?;
    if honour.reconfirmed {
        return Err(HonourRefusal::ReconfirmedAlready.into());
    }
    if !honour.is_in_force() {
        return Err(HonourRefusal::WrongState {
            act: HonourAct::Reconfirmed,
            state: honour.state,
            holder: honour.holder_name.clone(),
        }
        .into());
    }
    match &standard.equivalence {
        Some(rule) if counts_when_reconfirmed(standard, honour) => {
            if rule.must_be_reconfirmed {
                Ok(())
            } else {
                Err(HonourRefusal::CountsWithout {
                    clause: rule.clause.clone(),
                }
                .into())
            }
        }
        rule => Err(HonourRefusal::NotEquivalent {
            clause: rule.as_ref().map(|rule| rule.clause.clone()),
            until: rule.as_ref().map(|rule| rule.given_until),
        }
        .into()),
    }
}

/// Whether an old title is one of those that P5 is about.
pub fn counts_when_reconfirmed(standard: &Standard, honour: &Honour) -> bool {
    let (Some(rule), Some(title)) = (&standard.equivalence, standard.title(&honour.title)) else {
        return false;
    };
    honour.year <= rule.given_until
        && rule.levels.contains(&honour.level)
        && title.tier == rule.tier
}

/// A personal name as the public sees it: the family name stays, a star for each further character (two at most).
pub fn masked(name: &str) -> String {
    let characters: Vec<char> = name.trim().chars().collect();
    let family = if characters.len() > 2
        && COMPOUND.contains(&characters[..2].iter().collect::<String>().as_str())
    {
        2
    } else {
        1
    };
    let shown: String = characters.iter().take(family).collect();
    let stars = characters.len().saturating_sub(family).clamp(1, 2);
    if characters.is_empty() {
        String::new()
    } else {
        format!("{shown}{}", "*".repeat(stars))
    }
}

/// Family names of two characters.
const COMPOUND: &[&str] = &[
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛",
    "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容",
    "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "令狐", "轩辕", "百里", "呼延",
];

/// The level in words.
pub fn level_name(level: HonourLevel, lang: Lang) -> &'static str {
    match (lang, level) {
        (Lang::Zh, HonourLevel::County) => "县（区）级",
        (Lang::Zh, HonourLevel::City) => "市级",
        (Lang::Zh, HonourLevel::Province) => "省级",
        (Lang::Zh, HonourLevel::Nation) => "国家级",
        (Lang::En, HonourLevel::County) => "County level",
        (Lang::En, HonourLevel::City) => "City level",
        (Lang::En, HonourLevel::Province) => "Province level",
        (Lang::En, HonourLevel::Nation) => "National level",
    }
}

/// Why something can't be done with a title held.
#[derive(Clone, Debug, PartialEq)]
pub enum HonourRefusal {
    WrongState {
        act: HonourAct,
        state: HonourState,
        holder: String,
    },
    NoActChosen,
    NoReason {
        act: HonourAct,
    },
    TooLong {
        length: usize,
        most: usize,
    },
    /// The title is another federation's to take.
    GivenElsewhere {
        level: HonourLevel,
    },
    NotTheFederation,
    NotEquivalent {
        clause: Option<String>,
        until: Option<i16>,
    },
    CountsWithout {
        clause: String,
    },
    ReconfirmedAlready,
    /// The same title of the same holder and year is on record.
    HeldAlready {
        number: String,
    },
    /// Of a batch, nothing is left that could be withdrawn.
    NothingToWithdraw,
}

impl HonourRefusal {
    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (HonourRefusal::WrongState { act, state, holder }, Lang::Zh) => format!(
                "“{holder}”的这个称号现在是“{}”状态，不能再办理“{}”。请刷新页面看看最新情况。",
                state.name(lang),
                act.name(lang)
            ),
            (HonourRefusal::WrongState { act, state, holder }, Lang::En) => format!(
                "This title of {holder} is {} now, so it can't be {}. Load the page again to see the newest state.",
                state.name(lang),
                match act {
                    HonourAct::Suspended => "suspended",
                    HonourAct::Resumed => "resumed",
                    HonourAct::Revoked => "revoked",
                    HonourAct::Withdrawn => "withdrawn",
                    HonourAct::Reconfirmed => "reconfirmed",
                    HonourAct::Named | HonourAct::Imported => "given again",
                }
            ),
            (HonourRefusal::NoActChosen, Lang::Zh) => "没有选择办理什么。请选一项。".to_owned(),
            (HonourRefusal::NoActChosen, Lang::En) => {
                "Nothing was chosen to be done. Please choose one.".to_owned()
            }
            (HonourRefusal::NoReason { act }, Lang::Zh) => format!(
                "没有写理由：{}称号必须写明理由，持有单位和公众会看到它。",
                act.name(lang)
            ),
            (HonourRefusal::NoReason { act }, Lang::En) => format!(
                "The reason is missing: to {} a title takes a reason, which the holder and the public will read.",
                act.name(lang)
            ),
            (HonourRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字。请缩短一些。")
            }
            (HonourRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} can be kept. Please shorten it.")
            }
            (HonourRefusal::GivenElsewhere { level }, Lang::Zh) => format!(
                "这是{}的称号，谁命名、谁变更：{}。请报送他们办理。",
                level_name(*level, lang),
                if *level == HonourLevel::County {
                    "由辖市、区总工会或产业工会联合会变更（P2）"
                } else {
                    "由市总工会变更（P4）"
                }
            ),
            (HonourRefusal::GivenElsewhere { level }, Lang::En) => format!(
                "{} title: whoever gave it may change it, and that is {}. Please report to them.",
                level_name(*level, lang),
                if *level == HonourLevel::County {
                    "the district or industry federation (P2)"
                } else {
                    "the city federation (P4)"
                }
            ),
            (HonourRefusal::NotTheFederation, Lang::Zh) => {
                "以前的荣誉是否仍符合条件，由持有单位所属的辖市、区总工会或产业工会联合会审核（P5）。请联系他们。".to_owned()
            }
            (HonourRefusal::NotTheFederation, Lang::En) => {
                "Whether the holder of an old title still meets the conditions is for its district or industry federation to find (P5). Please ask them.".to_owned()
            }
            (HonourRefusal::NotEquivalent { clause, until }, Lang::Zh) => match (clause, until) {
                (Some(clause), Some(until)) => format!(
                    "这个称号不能按{clause}视同：{clause}只认{until}年及以前市级以上表彰的模范、优秀一级称号。它照常保留在光荣册里。"
                ),
                _ => "本标准没有以前荣誉视同的规定，所以不需要复核。".to_owned(),
            },
            (HonourRefusal::NotEquivalent { clause, until }, Lang::En) => match (clause, until) {
                (Some(clause), Some(until)) => format!(
                    "This title can't count by {clause}, which takes model-tier titles of city level or above given in {until} or earlier. It stays on the honour roll all the same."
                ),
                _ => "This standard lets no earlier honour count, so there is nothing to reconfirm.".to_owned(),
            },
            (HonourRefusal::CountsWithout { clause }, Lang::Zh) => {
                format!("按{clause}，这个称号不经复核就已视同，不必再办。")
            }
            (HonourRefusal::CountsWithout { clause }, Lang::En) => {
                format!("By {clause} this title counts without being reconfirmed; there is nothing to do.")
            }
            (HonourRefusal::ReconfirmedAlready, Lang::Zh) => {
                "这个称号已经复核过，记录在下面的经过里，不必再办。".to_owned()
            }
            (HonourRefusal::ReconfirmedAlready, Lang::En) => {
                "This title was reconfirmed already, as its history below tells; there is nothing to do.".to_owned()
            }
            (HonourRefusal::HeldAlready { number }, Lang::Zh) => {
                format!("已经持有这个称号（{number}），不能重复命名。")
            }
            (HonourRefusal::HeldAlready { number }, Lang::En) => {
                format!("This title is held already ({number}) and can't be given twice.")
            }
            (HonourRefusal::NothingToWithdraw, Lang::Zh) => {
                "这一批称号都已撤销或收回，没有可以收回的了。".to_owned()
            }
            (HonourRefusal::NothingToWithdraw, Lang::En) => {
                "Every title of this batch is revoked or withdrawn already; there is nothing left to withdraw.".to_owned()
            }
        }
    }

    pub fn key(&self) -> &'static str {
        match self {
            HonourRefusal::WrongState { .. } => "honour/wrong-state",
            HonourRefusal::NoActChosen => "honour/no-act-chosen",
            HonourRefusal::NoReason { .. } => "honour/no-reason",
            HonourRefusal::TooLong { .. } => "honour/too-long",
            HonourRefusal::GivenElsewhere { .. } => "honour/given-elsewhere",
            HonourRefusal::NotTheFederation => "honour/not-the-federation",
            HonourRefusal::NotEquivalent { .. } => "honour/not-equivalent",
            HonourRefusal::CountsWithout { .. } => "honour/counts-without",
            HonourRefusal::ReconfirmedAlready => "honour/reconfirmed-already",
            HonourRefusal::HeldAlready { .. } => "honour/held-already",
            HonourRefusal::NothingToWithdraw => "honour/nothing-to-withdraw",
        }
    }
}

/// The honour is not as the form saw it.
///
/// # Errors
/// When it was changed since.
pub fn unchanged(honour: &Honour, revision: i64) -> Result<(), Refusal> {
    if honour.revision == revision {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_masked_but_for_the_family_name() {
        let check = |name: &str, expect: &str| assert_eq!(masked(name), expect);
        check("张三", "张*");
        check("张三丰", "张**");
        check("欧阳修", "欧阳*");
        check("欧阳锋华", "欧阳**");
        check("欧阳", "欧*");
        check("买买提·艾力", "买**");
        check(" 李四 ", "李*");
        check("王", "王*");
        check("", "");
    }

    #[test]
    fn each_act_goes_from_the_states_it_can_go_from_and_no_other() {
        use HonourAct::{Resumed, Revoked, Suspended, Withdrawn};
        let check = |state: HonourState, expect: &[HonourAct]| {
            let goes: Vec<HonourAct> = [Suspended, Resumed, Revoked, Withdrawn]
                .into_iter()
                .filter(|act| follow(state, *act).is_some())
                .collect();
            assert_eq!(goes, expect, "{state:?}");
        };
        check(HonourState::InForce, &[Suspended, Revoked, Withdrawn]);
        check(HonourState::Suspended, &[Resumed, Revoked, Withdrawn]);
        check(HonourState::Revoked, &[]);
        check(HonourState::Withdrawn, &[]);
    }

    #[test]
    fn a_change_without_a_reason_or_with_too_long_a_one_is_refused_at_its_field() {
        let check = |reason: &str, document_number: &str, expect: &[(&str, &str)]| {
            let given = HonourChange {
                reason: reason.to_owned(),
                document_number: document_number.to_owned(),
            };
            let found = match checked(HonourAct::Revoked, &given) {
                Ok(()) => Vec::new(),
                Err(Refusal::Fields(fields)) => fields
                    .iter()
                    .map(|(field, refusal)| (field.clone(), refusal.key()))
                    .collect(),
                Err(other) => vec![(String::new(), other.key())],
            };
            let expect: Vec<(String, &str)> = expect
                .iter()
                .map(|(field, key)| ((*field).to_owned(), *key))
                .collect();
            assert_eq!(found, expect);
        };
        check("弄虚作假", "常工发〔2017〕3号", &[]);
        check("  ", "", &[("reason", "honour/no-reason")]);
        check(
            &"长".repeat(501),
            &"长".repeat(61),
            &[
                ("reason", "honour/too-long"),
                ("document_number", "honour/too-long"),
            ],
        );
    }
}
