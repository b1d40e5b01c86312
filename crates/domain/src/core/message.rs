//! What somebody is told in the inbox: what happened, to which file, what to do and by when. A message is written in the transaction of the act that
//! it tells of. What it says are figures and names for the places of its kind's sentence, so that it is read in either language; to add a kind is
//! a line in `Kind`, its English, and a `tell` in the act.

use jianjia_standard::Text;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::core::{
    audit::object::{Noun, Object},
    ids::{AccountId, MessageId, PersonId, UnitId},
    place::{UnitKind, UnitPlace, paths_above},
    policy::Role,
};

jianjia_standard::keyed! {
    /// What a message tells of. The word is its sentence, whose places `Message::says` fills in their order; a counted kind's first place is the
    /// number of what it counts. The keys stand in tables: one that was written once stays.
    pub enum Kind {
        // files
        Arrived = "arrived" / "{} 份申报到了{}，等待办理。",
        Returned = "returned" / "{}申报{}，被{}退回补正。",
        SentBack = "sent-back" / "{}申报{}，被{}退回本级重新办理。",
        Endorsed = "endorsed" / "{}申报{}，{}已签署意见，转{}办理。",
        Recommended = "recommended" / "{}申报{}，{}已推荐，转{}办理。",
        RecommendationUndone = "recommendation-undone" / "{}申报{}，{}收回了推荐，还在考虑。",
        NotRecommended = "not-recommended" / "{}申报{}，{}已办结推荐，这次没有推荐。",
        InReserve = "in-reserve" / "{}申报{}，{}已办结推荐，列为递补第 {} 名。",
        PassedOver = "passed-over" / "{}申报{}，{}递补时越过了它，由“{}”递补。",
        Named = "named" / "{}获得{}，编号 {}。",
        Rejected = "rejected" / "{}申报{}，没有通过{}的审核。",
        Withdrawn = "withdrawn" / "{}撤回了{}的申报，不用再审核。",
        FileGiven = "file-given" / "{} 份申报交给您承办（{}）。",
        FilesPassed = "files-passed" / "{} 份申报已核实完毕，等您审批（{}）。",
        ConflictDeclared = "conflict-declared" / "{}声明回避：{}申报{}。",
        Published = "published" / "{}申报{}，已列入市总工会的候选公示，到 {} 为止。",
        PublicationEnded = "publication-ended" / "{} {} 年度的候选公示已到期撤下。",
        ObjectionArrived = "objection-arrived" / "收到一件对公示候选的异议，编号 {}。",
        ObjectionAssigned = "objection-assigned" / "一件异议交给您核实，编号 {}。",
        ObjectionNoted = "objection-noted" / "{}记了编号 {} 的异议的核实情况。",
        QuotaSet = "quota-set" / "{}{} 年度的{}推荐名额定为 {} 个。",
        PlacesMoved = "places-moved" / "{}{} 年度的{}名额调剂来 {} 个，现有 {} 个。",
        PlacesTaken = "places-taken" / "{}{} 年度的{}空出的名额调走 {} 个，现有 {} 个。",
        SharesGiven = "shares-given" / "{}把 {} 年度的{}名额分给{} {} 个。",
        SharesTakenBack = "shares-taken-back" / "{}收回了 {} 年度的{}分给{}的名额，不再限定报送个数。",
        // titles and vetoes
        HonourSuspended = "honour-suspended" / "{}的{}（编号 {}）被暂停。",
        HonourResumed = "honour-resumed" / "{}的{}（编号 {}）恢复有效。",
        HonourRevoked = "honour-revoked" / "{}的{}（编号 {}）被撤销。",
        HonourWithdrawn = "honour-withdrawn" / "{}的{}（编号 {}）随这一批命名一起收回。",
        HonourReconfirmed = "honour-reconfirmed" / "{}的{}（编号 {}）经复核仍符合条件。",
        HonoursTaken = "honours-taken" / "有 {} 个称号被撤销或者收回。",
        Vetoed = "vetoed" / "{} {} 年度被登记否决情形：{}。",
        VetoLifted = "veto-lifted" / "{} {} 年度的否决情形已解除：{}。",
        // the departments
        ListSent = "list-sent" / "{} 年度的清单请您单位答复：{}，这次 {} 家。",
        EntryMade = "entry-made" / "{}：{}答复 {} 年度有否决情形：{}。",
        EntryReplied = "entry-replied" / "{}对{}的认定作了说明：{}。",
        EntryUpheld = "entry-upheld" / "{}：{} {} 年度的认定已维持：{}。",
        EntryLifted = "entry-lifted" / "{}：{} {} 年度的认定已解除：{}。",
        // spot checks
        VisitAnnounced = "visit-announced" / "{}被抽中接受 {} 年度的抽查，检查人员将上门核实。",
        InspectorDrawn = "inspector-drawn" / "您被抽中担任 {} 年度抽查的检查人员，负责 {} 个单位。",
        InspectorReleased = "inspector-released" / "您不再负责{}的抽查检查。",
        VisitDone = "visit-done" / "{}的抽查检查已办结，结果：{}。",
        VisitHearing = "visit-hearing" / "{}的抽查发现达不到{}的标准，市总工会决定前听取意见。",
        VisitRed = "visit-red" / "{}的抽查发现达不到标准，听取意见后由市总工会决定。",
        VisitStated = "visit-stated" / "{}对抽查结果陈述了意见。",
        VisitDecided = "visit-decided" / "{}的抽查已有决定：{}。",
        VisitRecheck = "visit-recheck" / "{}整改后要复查。",
        VisitReady = "visit-ready" / "{}报告整改已经完成，可以去复查了。",
        PlaqueAsked = "plaque-asked" / "{}的{}（编号 {}）已撤销，牌匾要交回。",
        PlaquesAsked = "plaques-asked" / "有 {} 块牌匾要交回。",
        // the x-ray of the data
        DoubtAsked = "doubt-asked" / "{} {} 年度的数据有一处对不上：{}。",
        DoubtsAsked = "doubts-asked" / "有 {} 处数据对不上，请核对。",
        DoubtAnswered = "doubt-answered" / "{}对 {} 年度数据的疑点作了答复：{}。",
        // money
        MoneyGranted = "money-granted" / "给{}下达 {} 年度经费 {} 元。",
        MoneyPaid = "money-paid" / "给{}的经费 {} 元，银行已经付出。",
        PaymentBounced = "payment-bounced" / "给{}的经费 {} 元被银行退回：{}。",
        RunPrepared = "run-prepared" / "第 {} 号付款批次已制单，{} 笔，共 {} 元。",
        SpentOver = "spent-over" / "{} {} 年度的经费支出比账上多 {} 元。",
        // the members' rating
        PollReady = "poll-ready" / "{} {} 年度的民主测评已经准备好，可以开始投票。",
        PollOpened = "poll-opened" / "{} {} 年度的民主测评已开始投票。",
        PollClosed = "poll-closed" / "{} {} 年度的民主测评已停止投票，等待开箱计票。",
        PollCounted = "poll-counted" / "{} {} 年度的民主测评已开箱计票，等待签字。",
        PollSigned = "poll-signed" / "{} {} 年度的民主测评已签字，结果生效。",
        PollAnnulled = "poll-annulled" / "{} {} 年度的民主测评被宣布无效。",
        ConsentAsked = "consent-asked" / "{}要重新举行 {} 年度的民主测评，请您决定是否同意。",
        ConsentGiven = "consent-given" / "{}已同意{}重新举行 {} 年度的民主测评。",
        // accounts
        Account = "account" / "您的账号有变动：{}（{}）。",
        InvitationLate = "invitation-late" / "{}给您开的账号还没有开通，邀请码到 {} 为止有效。",
        InvitationsLate = "invitations-late" / "{}邀请的人里，有 {} 个久未开通账号，其中 {} 个没有能发到的邮箱或手机号。",
        // sharing
        CaseArrived = "case-arrived" / "{}的案例“{}”到了{}，等待办理。",
        CaseRecommended = "case-recommended" / "案例“{}”，{}已推荐，转{}。",
        CaseReturned = "case-returned" / "案例“{}”被{}退回修改。",
        CaseLeft = "case-left" / "案例“{}”没有被{}采用。",
        CaseAsked = "case-asked" / "{}编辑了案例“{}”，请对照原稿，决定是否同意发布。",
        CaseAnswered = "case-answered" / "{}对案例“{}”的编辑稿已答复：{}。",
        CasePublished = "case-published" / "案例“{}”已经发布。",
        CaseTakenDown = "case-taken-down" / "案例“{}”已撤下，由{}提出。",
        ContributionAnswered = "contribution-answered" / "{}答复了你们在“{}”里的意见。",
        TopicClosed = "topic-closed" / "研讨题目“{}”已办结，{}写了小结。",
        BookingMovedUp = "booking-moved-up" / "“{}”空出名额，{}已由候补转为预约。",
        MeetingChanged = "meeting-changed" / "“{}”的安排有改动：{}，{}，{}。",
        MeetingCancelled = "meeting-cancelled" / "“{}”取消了。",
        MeetingNear = "meeting-near" / "“{}”{}在{}举行。",
        MeetingHosted = "meeting-hosted" / "{}请你们承办“{}”，{}举行。",
        // the public
        LetterArrived = "letter-arrived" / "收到一封来信：{}，编号 {}。",
        // the standard
        AmendmentProposed = "amendment-proposed" / "{}提交了新版标准“{}”，从 {} 年度起执行，等您确认。",
        AmendmentSentBack = "amendment-sent-back" / "新版标准“{}”被{}退回：{}",
        EditionConfirmed = "edition-confirmed" / "新版标准“{}”已确认，从 {} 年度起执行，{} 生效。",
        EditionWithdrawn = "edition-withdrawn" / "新版标准“{}”在生效前被{}撤回：{}",
        EditionBegun = "edition-begun" / "新版标准“{}”今天生效，从 {} 年度起执行。",
        EditionOvertaken = "edition-overtaken" / "新版标准“{}”没有生效：{} 年度已经有了评判。",
        // the calendar
        Reminder = "reminder" / "有 {} 件事快到期了。",
        RemindedFromAbove = "reminded-from-above" / "{}提醒：{} 年度的建家工作还有没办的。",
        // lines of a reminder
        DueToBegin = "due-to-begin" / "{}还没有开始填报 {} 年度的情况，也没有申报。",
        DueToSubmit = "due-to-submit" / "{} {} 年度还没有申报，年度表填了 {}/{}。",
        DueToRate = "due-to-rate" / "{} {} 年度还没有民主测评结果。",
        DueToEndPoll = "due-to-end-poll" / "{} {} 年度的民主测评还没有办完。",
        DueToReview = "due-to-review" / "{}有 {} 份申报等着办理。",
        DueToRecommend = "due-to-recommend" / "{}的{}还有 {} 个推荐名额没有用。",
        DueToAnswer = "due-to-answer" / "{}还有 {} 家单位没有答复（{} 年度）。",
        DepartmentSilent = "department-silent" / "{}没有按期答复，{} 家单位未答复（{} 年度）。",
    }
}

impl Kind {
    /// What to do about it; its place is the day until which.
    pub fn todo_by(self) -> Option<&'static str> {
        match self {
            Kind::Returned => Some("请在 {} 前改正后重新提交。"),
            Kind::Arrived | Kind::SentBack | Kind::FileGiven | Kind::FilesPassed => {
                Some("请在 {} 前办理。")
            }
            Kind::ConsentAsked | Kind::ListSent => Some("请在 {} 前答复。"),
            Kind::DoubtAsked | Kind::DoubtsAsked => {
                Some("请在 {} 前核对：填错了的更正，没错的说明。")
            }
            Kind::EntryMade => Some("有异议的，请在 {} 前说明，附上材料。"),
            Kind::VisitHearing => Some("有话要说的，请在 {} 前陈述意见。"),
            Kind::VisitRecheck => Some("请在 {} 前整改和复查。"),
            Kind::VisitReady => Some("请在 {} 前复查。"),
            Kind::PlaqueAsked | Kind::PlaquesAsked => Some("请在 {} 前交回。"),
            Kind::PollOpened => Some("请在 {} 前组织会员投票。"),
            Kind::QuotaSet => Some("请在 {} 前推荐。"),
            Kind::AmendmentProposed => Some("请在 {} 前核对、确认。"),
            Kind::VisitAnnounced => Some("{} 前会有人来，请准备好申报时的材料。"),
            Kind::InspectorDrawn => Some("请在 {} 前检查完；有利害关系的，请先声明回避。"),
            Kind::SharesGiven => Some("请在 {} 前在名额内择优报送。"),
            Kind::Reminder | Kind::RemindedFromAbove => Some("请在 {} 前办好。"),
            _ => None,
        }
    }

    /// The same where no day is told.
    pub fn todo(self) -> Option<&'static str> {
        match self {
            Kind::Returned => Some("请改正后重新提交。"),
            Kind::Arrived | Kind::SentBack | Kind::FileGiven | Kind::FilesPassed => {
                Some("请办理。")
            }
            Kind::ConflictDeclared => Some("请安排其他人审核。"),
            Kind::CaseArrived => Some("请推荐、退回或者不采用。"),
            Kind::CaseReturned => Some("请修改后再报送。"),
            Kind::CaseAsked => Some("不同意的，不会发布。"),
            Kind::CaseAnswered => Some("同意的可以发布，不同意的请再编辑。"),
            Kind::MeetingNear => Some("去不了的，请先取消，把名额让给候补的单位。"),
            Kind::MeetingHosted => Some("会后请登记谁到了。"),
            Kind::Vetoed => Some("有异议的，请向登记的工会说明。"),
            Kind::VisitAnnounced => Some("请准备好申报时的材料。"),
            Kind::InspectorDrawn => Some("有利害关系的，请先声明回避。"),
            Kind::VisitHearing => Some("有话要说的，请陈述意见。"),
            Kind::VisitStated => Some("请看过以后作出决定。"),
            Kind::VisitRecheck => Some("请整改和复查。"),
            Kind::VisitReady => Some("请复查。"),
            Kind::PlaqueAsked | Kind::PlaquesAsked => Some("请交回。"),
            Kind::DoubtAsked | Kind::DoubtsAsked => Some("请核对：填错了的更正，没错的说明。"),
            Kind::DoubtAnswered => Some("请看过以后认可说明，或者再了解情况。"),
            Kind::EntryMade => Some("有异议的，请说明，附上材料。"),
            Kind::EntryReplied => Some("请核实后决定维持还是解除。"),
            Kind::PollReady => Some("请打开测评页面，开始投票。"),
            Kind::PollOpened => Some("请组织会员投票。"),
            Kind::PollClosed => Some("请工作小组成员带成员码开箱计票。"),
            Kind::PollCounted => Some("请工作小组成员核对计票记录，用成员码签字。"),
            Kind::PollAnnulled => Some("需要结果的，请重新举行。"),
            Kind::ConsentAsked | Kind::LetterArrived | Kind::ListSent => Some("请答复。"),
            Kind::ConsentGiven => Some("可以开始投票了。"),
            Kind::QuotaSet => Some("请在名额内推荐。"),
            Kind::AmendmentProposed => Some("请核对、确认。"),
            Kind::AmendmentSentBack => Some("请改好以后重新提交。"),
            Kind::EditionOvertaken => Some("要改的，请另建一版，从还没有办理过的年度起执行。"),
            Kind::PublicationEnded => Some("没有未办结异议的候选，可以命名了。"),
            Kind::ObjectionArrived => Some("请交给人核实。"),
            Kind::ObjectionAssigned => Some("请核实，把情况记下来。"),
            Kind::ObjectionNoted => Some("请书面答复。"),
            Kind::PlacesMoved => Some("请按名次推荐或者递补。"),
            Kind::SharesGiven => Some("请在名额内择优报送。"),
            Kind::PaymentBounced => Some("请核对银行账号，有错的改正；下一批再付。"),
            Kind::RunPrepared => Some("请另一位审批人核对后审批。"),
            Kind::SpentOver => Some("请核实用的是什么经费。"),
            Kind::InvitationLate => {
                Some("请扫邀请单上的二维码，或者输入邀请码；邀请单不在了的，请上级工会重新发。")
            }
            Kind::InvitationsLate => Some("请打电话问一问，或者重新发邀请单。"),
            Kind::Account => Some("有不是您要求的，请马上告诉上级工会的管理员。"),
            Kind::Reminder | Kind::RemindedFromAbove => Some("请尽快办理。"),
            _ => None,
        }
    }

    /// What is also told by text message where nobody chose otherwise, and by mail without waiting for the hour's letter: a term runs, or somebody's
    /// account was touched.
    pub fn is_urgent(self) -> bool {
        matches!(
            self,
            Kind::Returned
                | Kind::SentBack
                | Kind::ConsentAsked
                | Kind::VisitHearing
                | Kind::VisitRecheck
                | Kind::ListSent
                | Kind::EntryMade
                | Kind::Reminder
                | Kind::RemindedFromAbove
                | Kind::Account
                | Kind::InvitationLate
        )
    }

    /// Whether one message a day counts what happens again and again, so that nobody gets one for each.
    pub fn is_counted(self) -> bool {
        matches!(self, Kind::Arrived | Kind::FileGiven | Kind::FilesPassed)
    }
}

/// Something that fills a place of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    Number(i64),
    /// As it is in any language: a name, a number of a document, what somebody typed.
    Plain(String),
    /// A text of the standard.
    Both(Text),
    /// A word of the program, by its Chinese source.
    Word {
        word: String,
    },
    Day {
        on: Date,
    },
}

impl From<i64> for Said {
    fn from(number: i64) -> Said {
        Said::Number(number)
    }
}

impl From<i16> for Said {
    fn from(year: i16) -> Said {
        Said::Plain(year.to_string())
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Said {
        Said::Plain(text.to_owned())
    }
}

impl From<String> for Said {
    fn from(text: String) -> Said {
        Said::Plain(text)
    }
}

impl From<&Text> for Said {
    fn from(text: &Text) -> Said {
        Said::Both(text.clone())
    }
}

/// One of several things in a message: its own sentence, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub kind: Kind,
    pub says: Vec<Said>,
    pub about: About,
}

/// What it is about, for the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub noun: Noun,
    pub id: String,
    pub unit: Option<UnitId>,
    /// 0: of no year.
    pub year: i16,
}

impl About {
    pub fn of(object: &Object, unit: Option<UnitId>, year: i16) -> About {
        About {
            noun: object.noun(),
            id: object.id(),
            unit,
            year,
        }
    }
}

/// The sentence's figures and names, as the table keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    pub says: Vec<Said>,
    /// Why, reason by reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Said>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// Those with one of these roles at the unit.
    Unit {
        unit: UnitId,
        roles: &'static [Role],
    },
    /// The same of the unit at a path.
    Path {
        path: String,
        roles: &'static [Role],
    },
    Account(AccountId),
    /// The account of a person, if there is one.
    Person(PersonId),
}

/// The roles that answer for a union, and those that review and decide in an office.
pub const UNION: &[Role] = &[Role::Chair, Role::Clerk];
pub const OFFICE: &[Role] = &[Role::Reviewer, Role::Approver];
pub const APPROVERS: &[Role] = &[Role::Approver];
/// Those who invite below a federation.
pub const INVITERS: &[Role] = &[Role::Reviewer, Role::Approver, Role::Administrator];
/// Those who read what the public writes.
pub const ANSWERERS: &[Role] = &[Role::Approver, Role::Administrator];

/// Those who answer for a union; for a branch also those of its union.
pub fn union_of(unit: &UnitPlace) -> Vec<To> {
    let upper = match unit.kind {
        UnitKind::Branch => paths_above(&unit.path).into_iter().next(),
        _ => None,
    };
    let own = To::Unit {
        unit: unit.id,
        roles: UNION,
    };
    let upper = upper.map(|path| To::Path {
        path: path.to_owned(),
        roles: UNION,
    });
    [Some(own), upper].into_iter().flatten().collect()
}

/// The reviewers and approvers of an office.
pub fn office(unit: UnitId) -> Vec<To> {
    vec![To::Unit {
        unit,
        roles: OFFICE,
    }]
}

/// A message that is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub kind: Kind,
    pub about: About,
    pub detail: Detail,
    pub due_on: Option<Date>,
    /// So many of what a counted kind counts; else 0.
    pub tally: i64,
    /// With the kind and what it is about, it makes the message known again: nobody is told the same twice. A counted one has the day here.
    pub once: String,
    pub to: Vec<To>,
    /// Who did it knows.
    pub but: Option<AccountId>,
}

impl Message {
    pub fn of(kind: Kind, about: About, once: impl ToString, to: Vec<To>) -> Message {
        Message {
            kind,
            about,
            detail: Detail::default(),
            due_on: None,
            tally: i64::from(kind.is_counted()),
            once: once.to_string(),
            to,
            but: None,
        }
    }

    pub fn says<const N: usize>(mut self, says: [Said; N]) -> Message {
        self.detail.says = says.into();
        self
    }

    pub fn because(mut self, because: Vec<Said>) -> Message {
        self.detail.because = because;
        self
    }

    pub fn due(mut self, on: Option<Date>) -> Message {
        self.due_on = on;
        self
    }

    /// By what it is known again.
    pub fn key(&self) -> String {
        let About { noun, id, .. } = &self.about;
        format!("{}:{noun}:{id}:{}", self.kind, self.once)
    }
}

/// A message in somebody's inbox. A kind that this version doesn't know is read as none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub id: MessageId,
    pub kind: Option<Kind>,
    pub about: About,
    pub detail: Detail,
    pub due_on: Option<Date>,
    pub tally: i64,
    pub at: Timestamp,
    pub is_read: bool,
}

/// So long read and unread ones are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 730);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_a_key_and_a_sentence_of_its_own_and_is_read_back() {
        let keys: BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::key).collect();
        let words: BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
        assert_eq!(
            (keys.len(), words.len()),
            (Kind::ALL.len(), Kind::ALL.len())
        );
        for kind in Kind::ALL {
            assert_eq!(Kind::from_key(kind.key()), Some(kind));
            // What is to be done by a day is also told where there is none.
            assert!(kind.todo_by().is_none() || kind.todo().is_some(), "{kind}");
            assert!(
                !kind.is_counted() || kind.word().starts_with("{} 份"),
                "{kind}"
            );
        }
    }

    #[test]
    fn what_is_said_comes_back_from_its_text() {
        let said = vec![
            Said::Number(3),
            "第一纺织厂工会".into(),
            Said::Both(Text {
                zh: "模范职工之家".to_owned(),
                en: "Model Home".to_owned(),
            }),
            Said::Word {
                word: "授予角色".to_owned(),
            },
            Said::Day {
                on: jiff::civil::date(2016, 11, 20),
            },
        ];
        let text = serde_json::to_string(&said).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Said>>(&text).unwrap(), said);
    }

    #[test]
    fn a_branch_is_answered_for_by_its_union_too() {
        let place = |kind| UnitPlace {
            id: UnitId(uuid::Uuid::from_u128(7)),
            kind,
            name: String::new(),
            path: "/1/12/345/".to_owned(),
        };
        let upper = |kind| -> Vec<Option<String>> {
            let each = union_of(&place(kind)).into_iter();
            each.map(|to| match to {
                To::Path { path, .. } => Some(path),
                _ => None,
            })
            .collect()
        };
        assert_eq!(upper(UnitKind::Grassroots), [None]);
        assert_eq!(upper(UnitKind::Branch), [None, Some("/1/12/".to_owned())]);
    }
}
