//! Why an application can't be made, or can't be acted on.

use crate::core::refusal::Refuse;
use jianjia_standard::{Lang, Text, programme::RouteAct};
use jiff::Timestamp;

use super::{Application, EventAct, state_word};
use crate::{core::day, round::route};

#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationRefusal {
    /// The standard doesn't let the applicant apply: vetoes, titles lacking, criteria (clauses in the sentences).
    MayNotApply {
        title: Text,
        because: Vec<Text>,
        /// A veto of the year stands in the way: nothing to fill in would help (section 4 · 4).
        is_vetoed: bool,
    },
    /// On confirmed facts the applicant falls short when it is decided.
    FallsShort {
        applicant: String,
        title: Text,
        because: Vec<Text>,
    },
    /// A veto of the unit is in force and bars the title: the file stands still until it is lifted.
    Stopped {
        applicant: String,
        because: Vec<Text>,
    },
    /// One application a title and year.
    AlreadyApplied {
        title: Text,
        year: i16,
        state: &'static str,
    },
    /// The title is in force already.
    AlreadyHeld {
        title: Text,
        year: i16,
    },
    /// Units of this kind can't hold the title (clauses A1-A5).
    NotForThisKind {
        title: Text,
        kind: &'static str,
    },
    /// A personal title without a person, or a person who isn't of the unit.
    WhoIsMissing,
    /// It has ended, or isn't where this act can be done.
    WrongState {
        state: &'static str,
    },
    /// The act isn't what this step ends with.
    WrongStep {
        unit: String,
        act: RouteAct,
    },
    /// Another unit's turn.
    NotYourTurn {
        unit: String,
    },
    NotAnEarlierStep,
    /// Somebody else acted since the page was shown.
    Overtaken {
        who: String,
        unit: String,
        act: EventAct,
        at: Timestamp,
    },
    /// Nobody reviews the own union.
    OwnUnion,
    /// Nobody reviews what they filed.
    OwnFiling,
    /// Nobody reviews an application that names them.
    NamesYou,
    ConflictDeclared {
        reason: String,
    },
    /// A field that must be filled in.
    OpinionMissing,
    ReasonMissing,
    CriterionReasonMissing,
    TooLong {
        most: usize,
    },
    /// Nothing was ticked.
    NothingChosen,
    /// Criteria that nobody has looked at, of files that are decided or recommended together: applicants with the names of the criteria.
    Unconfirmed {
        files: Vec<(String, Vec<Text>)>,
        /// Whether the standard lets the rest be confirmed in the approver's name.
        may_confirm: bool,
    },
    /// The standard has each file confirmed on its own desk.
    ConfirmedOneByOne,
}

impl Refuse for ApplicationRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            ApplicationRefusal::MayNotApply { .. } => "application/may-not-apply",
            ApplicationRefusal::FallsShort { .. } => "application/falls-short",
            ApplicationRefusal::Stopped { .. } => "application/stopped",
            ApplicationRefusal::AlreadyApplied { .. } => "application/already-applied",
            ApplicationRefusal::AlreadyHeld { .. } => "application/already-held",
            ApplicationRefusal::NotForThisKind { .. } => "application/not-for-this-kind",
            ApplicationRefusal::WhoIsMissing => "application/who-is-missing",
            ApplicationRefusal::WrongState { .. } => "application/wrong-state",
            ApplicationRefusal::WrongStep { .. } => "application/wrong-step",
            ApplicationRefusal::NotYourTurn { .. } => "application/not-your-turn",
            ApplicationRefusal::NotAnEarlierStep => "application/not-an-earlier-step",
            ApplicationRefusal::Overtaken { .. } => "application/overtaken",
            ApplicationRefusal::OwnUnion => "application/own-union",
            ApplicationRefusal::OwnFiling => "application/own-filing",
            ApplicationRefusal::NamesYou => "application/names-you",
            ApplicationRefusal::ConflictDeclared { .. } => "application/conflict-declared",
            ApplicationRefusal::OpinionMissing => "application/opinion-missing",
            ApplicationRefusal::ReasonMissing => "application/reason-missing",
            ApplicationRefusal::CriterionReasonMissing => "application/criterion-reason-missing",
            ApplicationRefusal::TooLong { .. } => "application/too-long",
            ApplicationRefusal::NothingChosen => "application/nothing-chosen",
            ApplicationRefusal::Unconfirmed { .. } => "application/unconfirmed",
            ApplicationRefusal::ConfirmedOneByOne => "application/confirmed-one-by-one",
        }
    }
}

impl ApplicationRefusal {
    pub(super) fn wrong_state(application: &Application) -> ApplicationRefusal {
        ApplicationRefusal::WrongState {
            state: application.state.key(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            ApplicationRefusal::MayNotApply {
                title,
                because,
                is_vetoed,
            } => {
                let next = if *is_vetoed {
                    "否决情形当年有效，没有的年度可以再申报；登记有误的，请联系登记它的上级工会解除。内容都已保留。"
                } else {
                    "补齐后再来，其他内容都已保留。"
                };
                format!(
                    "现在还不能申报{}：{}。{next}",
                    title.zh,
                    list(because, Lang::Zh)
                )
            }
            ApplicationRefusal::FallsShort {
                applicant,
                title,
                because,
            } => {
                format!(
                    "“{applicant}”按已核实的情况还达不到{}：{}。可以退回补正，或者不予通过并写明理由。",
                    title.zh,
                    list(because, Lang::Zh)
                )
            }
            ApplicationRefusal::Stopped { applicant, because } => format!(
                "“{applicant}”因一票否决停办：{}。解除以后从这一步接着办，不用重新申报；现在可以退回、不予通过，或由单位撤回。",
                list(because, Lang::Zh)
            ),
            ApplicationRefusal::AlreadyApplied { title, year, state } => {
                format!(
                    "{year}年已有一份{}的申报（{}），同一年同一称号只能有一份，请打开那一份继续。",
                    title.zh,
                    state_word(state)
                )
            }
            ApplicationRefusal::AlreadyHeld { title, year } => {
                format!(
                    "{year}年已获得{}，称号有效，不用再申报；可以争创上一级。",
                    title.zh
                )
            }
            ApplicationRefusal::NotForThisKind { title, kind } => {
                format!(
                    "{}不授予{kind}（条款 A1-A5），请改选能申报的称号。",
                    title.zh
                )
            }
            ApplicationRefusal::WhoIsMissing => {
                "这个称号授予个人，请选本单位的一位工会工作者。".to_owned()
            }
            ApplicationRefusal::WrongState { state } => {
                format!(
                    "这份申报现在是“{}”，不能这样办理；请刷新页面看最新情况。",
                    state_word(state)
                )
            }
            ApplicationRefusal::WrongStep { unit, act } => {
                format!(
                    "这份申报现在由{unit}{}，不能越过这一步办理。",
                    route::act_word(*act)
                )
            }
            ApplicationRefusal::NotYourTurn { unit } => {
                format!("这份申报现在由{unit}办理；轮到您时会出现在您的待办里。")
            }
            ApplicationRefusal::NotAnEarlierStep => {
                "只能退给申报单位或者前面的环节，请重新选择退回对象。".to_owned()
            }
            ApplicationRefusal::Overtaken { who, unit, act, at } => {
                format!(
                    "{unit}的{who}已在 {} 办理（{}），您这次的办理没有生效；请看最新情况再定。",
                    day::local_minute(*at),
                    // Without what tells the word apart from others like it.
                    act.word().trim_start_matches("经过|")
                )
            }
            ApplicationRefusal::OwnUnion => {
                "这是您自己单位的申报，按回避规定您不能审核，请同事办理。".to_owned()
            }
            ApplicationRefusal::OwnFiling => {
                "这份申报是您填报的，按回避规定您不能审核，请同事办理。".to_owned()
            }
            ApplicationRefusal::NamesYou => {
                "这份申报申报的就是您本人，按回避规定您不能审核，请同事办理。".to_owned()
            }
            ApplicationRefusal::ConflictDeclared { reason } => {
                format!("您已声明回避这份申报（{reason}），不能再办理，请同事办理。")
            }
            ApplicationRefusal::OpinionMissing => "请写明审核意见。".to_owned(),
            ApplicationRefusal::ReasonMissing => "请写明理由，申报单位会看到。".to_owned(),
            ApplicationRefusal::CriterionReasonMissing => {
                "退回补正要逐条写明哪一条要改、怎么改，请至少写一条。".to_owned()
            }
            ApplicationRefusal::TooLong { most } => {
                format!("太长了，最多 {most} 个字，请写得短一些。")
            }
            ApplicationRefusal::NothingChosen => {
                "一份也没有勾选，请先勾选要办理的申报。".to_owned()
            }
            ApplicationRefusal::Unconfirmed { files, may_confirm } => {
                let next = if *may_confirm {
                    "请打开申报逐条核实，或者写明理由，以您的名义一并认定。"
                } else {
                    "请打开申报逐条核实。"
                };
                format!(
                    "有自报达到、尚无人核实的条目：{}。按建家标准，批量评定和推荐只收逐条核实过的申报；{next}",
                    unconfirmed(files, Lang::Zh)
                )
            }
            ApplicationRefusal::ConfirmedOneByOne => {
                "按建家标准，未核实的条目要打开每份申报逐条核实，不能批量认定。".to_owned()
            }
        }
    }

    fn english(&self) -> String {
        match self {
            ApplicationRefusal::MayNotApply { title, because, is_vetoed } => {
                let next = if *is_vetoed {
                    "A veto holds for its year: apply again in a year without one; if it was recorded by mistake, ask the union above that recorded it to lift it. Everything is kept."
                } else {
                    "Come back once it is done; everything else is kept."
                };
                format!("You can't apply for {} yet: {}. {next}", title.en, list(because, Lang::En))
            }
            ApplicationRefusal::FallsShort { applicant, title, because } => {
                format!("By the confirmed facts {applicant} falls short of {}: {}. Return it for correction, or reject it with a reason.", title.en, list(because, Lang::En))
            }
            ApplicationRefusal::Stopped { applicant, because } => format!(
                "{applicant} is stopped by a veto: {}. Once it is lifted the file goes on from this step, without a new application; now it can be returned, rejected or withdrawn.",
                list(because, Lang::En)
            ),
            ApplicationRefusal::AlreadyApplied { title, year, .. } => {
                format!("There is already an application for {} in {year}, and there can be only one a year. Please open that one.", title.en)
            }
            ApplicationRefusal::AlreadyHeld { title, year } => {
                format!("{} has been held since {year} and is in force: there is no need to apply again. Work towards the next tier.", title.en)
            }
            ApplicationRefusal::NotForThisKind { title, .. } => {
                format!("{} is not for a unit of this kind (clauses A1-A5). Please choose a title that is.", title.en)
            }
            ApplicationRefusal::WhoIsMissing => "This title is for a person: please choose one of the union's workers.".to_owned(),
            ApplicationRefusal::WrongState { state } => {
                format!("The application is \"{state}\" now, so this can't be done. Reload the page to see where it is.")
            }
            ApplicationRefusal::WrongStep { unit, act } => {
                format!("The application is with {unit}, which has to {}. No step can be skipped.", route::act_text(*act).en)
            }
            ApplicationRefusal::NotYourTurn { unit } => {
                format!("The application is with {unit}, which has to deal with it first. It will be in your queue when it is your turn.")
            }
            ApplicationRefusal::NotAnEarlierStep => "It can be returned to the applicant or to an earlier step only. Please choose again.".to_owned(),
            ApplicationRefusal::Overtaken { who, unit, act, at } => {
                format!("{who} of {unit} dealt with it at {} ({}), so what you did had no effect. Look at the newest state and decide again.", day::local_minute(*at), act.key())
            }
            ApplicationRefusal::OwnUnion => "This is your own union's application: by the rule on conflicts you can't review it. Please leave it to a colleague.".to_owned(),
            ApplicationRefusal::OwnFiling => "You filed this application yourself: by the rule on conflicts you can't review it. Please leave it to a colleague.".to_owned(),
            ApplicationRefusal::NamesYou => "This application is about you: by the rule on conflicts you can't review it. Please leave it to a colleague.".to_owned(),
            ApplicationRefusal::ConflictDeclared { reason } => {
                format!("You declared a conflict on this application ({reason}) and can't act on it any more. Please leave it to a colleague.")
            }
            ApplicationRefusal::OpinionMissing => "Please write your opinion.".to_owned(),
            ApplicationRefusal::ReasonMissing => "Please write the reason; the applicant will see it.".to_owned(),
            ApplicationRefusal::CriterionReasonMissing => "A return for correction says which criterion to correct and how. Please write at least one.".to_owned(),
            ApplicationRefusal::TooLong { most } => format!("That is too long: at most {most} characters. Please shorten it."),
            ApplicationRefusal::NothingChosen => "Nothing is ticked. Please tick the applications first.".to_owned(),
            ApplicationRefusal::Unconfirmed { files, may_confirm } => {
                let next = if *may_confirm {
                    "Open the file and look at each, or confirm the rest in your own name, with a reason."
                } else {
                    "Open the file and look at each."
                };
                format!("Criteria are claimed that nobody has confirmed: {}. By the standard, many files are decided or recommended together only when each criterion was confirmed. {next}", unconfirmed(files, Lang::En))
            }
            ApplicationRefusal::ConfirmedOneByOne => "By the standard, what nobody has confirmed is looked at on each file's own desk; it can't be confirmed for many files at once.".to_owned(),
        }
    }
}

/// The most criteria of one file that a sentence names.
const NAMED_AT_MOST: usize = 5;

fn unconfirmed(files: &[(String, Vec<Text>)], lang: Lang) -> String {
    let one = |(applicant, criteria): &(String, Vec<Text>)| {
        let names: Vec<&str> = criteria
            .iter()
            .take(NAMED_AT_MOST)
            .map(|name| name.get(lang))
            .collect();
        let number = criteria.len();
        let is_all = number <= NAMED_AT_MOST;
        match lang {
            Lang::Zh if is_all => format!("“{applicant}”{number} 条（{}）", names.join("、")),
            Lang::Zh => format!("“{applicant}”{number} 条（{}等）", names.join("、")),
            Lang::En if is_all => format!("{applicant} {number} ({})", names.join(", ")),
            Lang::En => format!("{applicant} {number} ({} and others)", names.join(", ")),
        }
    };
    let files: Vec<String> = files.iter().map(one).collect();
    files.join(if lang == Lang::Zh { "；" } else { "; " })
}

fn list(because: &[Text], lang: Lang) -> String {
    let parts: Vec<&str> = because
        .iter()
        .map(|text| text.get(lang).trim_end_matches(['。', '.']))
        .collect();
    parts.join(if lang == Lang::Zh { "；" } else { "; " })
}
