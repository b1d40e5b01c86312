//! A dispatch in words: one letter, or one text message, for all that waited. Its subject says what happened without naming anybody, since subjects are
//! shown on locked telephones.

use std::fmt::Write;

use jianjia_app::office::post::Dispatch;
use jianjia_domain::core::message::{Kind, Received};
use jianjia_standard::Lang;
use jianjia_words::{
    message::{said_in, sentence_of, todo},
    sentence, t,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// More messages than this are counted, and stand in the inbox.
const TOLD: usize = 20;

/// The letter for a dispatch: `sender` is the federation's name, `address` where the program is reached.
pub fn of(sender: &str, address: &str, dispatch: &Dispatch) -> Letter {
    let lang = dispatch.lang;
    let messages = &dispatch.messages;
    let mut text = String::new();
    let mut line = |words: &str| {
        let _ = writeln!(text, "{words}");
    };
    line(t(lang, "您好："));
    line("");
    for message in messages.iter().take(TOLD) {
        line(&format!("· {}", told(lang, message)));
        for reason in &message.detail.because {
            line(&format!("  {}", said_in(lang, reason)));
        }
        for one in &message.detail.lines {
            line(&format!(
                "  - {}",
                sentence_of(lang, one.kind, 0, &one.says)
            ));
        }
        let todo = todo(lang, message);
        if !todo.is_empty() {
            line(&format!("  {todo}"));
        }
        line(&format!("  {address}{}", page_of(message)));
        line("");
    }
    if messages.len() > TOLD {
        line(&sentence(
            lang,
            "还有 {} 条，请登录后在“消息”里看：{}",
            &[&(messages.len() - TOLD), &format!("{address}/messages")],
        ));
        line("");
    }
    line("--");
    if !sender.is_empty() {
        line(sender);
    }
    line(&sentence(
        lang,
        "这封邮件由建家平台自动发出，请不要回复。不想再收，或者只收要紧的，请在这里改：{}",
        &[&format!("{address}/accounts/post")],
    ));
    Letter {
        subject: subject(lang, messages),
        text,
    }
}

/// The text message for a dispatch.
pub fn short(address: &str, dispatch: &Dispatch) -> String {
    let lang = dispatch.lang;
    let topic = subject(lang, &dispatch.messages);
    let is_of_invitation = |message: &Received| message.kind == Some(Kind::InvitationLate);
    if dispatch.messages.iter().all(is_of_invitation) {
        return sentence(
            lang,
            "建家平台提醒您：{}。请在这里用邀请码开通：{}",
            &[&topic, &format!("{address}/join")],
        );
    }
    sentence(
        lang,
        "建家平台提醒您：{}。请登录查看：{}",
        &[&topic, &format!("{address}/messages")],
    )
}

/// The page that a message leads to. Who has not joined yet can't sign in and read it.
fn page_of(message: &Received) -> String {
    match message.kind {
        Some(Kind::InvitationLate) => "/join".to_owned(),
        _ => format!("/messages/{}", message.id),
    }
}

/// What happened, without names.
fn subject(lang: Lang, messages: &[Received]) -> String {
    let topics: Vec<&str> = messages
        .iter()
        .map(|message| message.kind.map_or("有新消息", topic))
        .collect();
    match topics.as_slice() {
        [] => t(lang, "有新消息").to_owned(),
        [one] => t(lang, one).to_owned(),
        [first, rest @ ..] if rest.iter().all(|topic| topic == first) => {
            sentence(lang, "{}（{} 条）", &[&t(lang, first), &topics.len()])
        }
        [first, ..] => sentence(lang, "{}等 {} 条消息", &[&t(lang, first), &topics.len()]),
    }
}

fn topic(kind: Kind) -> &'static str {
    match kind {
        Kind::Returned => "申报被退回补正",
        Kind::Arrived
        | Kind::SentBack
        | Kind::FileGiven
        | Kind::FilesPassed
        | Kind::ConflictDeclared => "有申报等您办理",
        Kind::Endorsed
        | Kind::Recommended
        | Kind::RecommendationUndone
        | Kind::NotRecommended
        | Kind::InReserve
        | Kind::PassedOver
        | Kind::Named
        | Kind::Rejected
        | Kind::Withdrawn => "申报有进展",
        Kind::Published | Kind::PublicationEnded => "候选公示有进展",
        Kind::ObjectionArrived | Kind::ObjectionAssigned | Kind::ObjectionNoted => "有异议等您办理",
        Kind::QuotaSet
        | Kind::PlacesMoved
        | Kind::PlacesTaken
        | Kind::SharesGiven
        | Kind::SharesTakenBack => "推荐名额已下达",
        Kind::HonourSuspended
        | Kind::HonourResumed
        | Kind::HonourRevoked
        | Kind::HonourWithdrawn
        | Kind::HonourReconfirmed
        | Kind::HonoursTaken => "荣誉有变动",
        Kind::Vetoed | Kind::VetoLifted => "否决登记有变动",
        Kind::VisitAnnounced | Kind::InspectorDrawn | Kind::InspectorReleased => "抽查有安排",
        Kind::VisitDone
        | Kind::VisitHearing
        | Kind::VisitRed
        | Kind::VisitStated
        | Kind::VisitDecided
        | Kind::VisitRecheck
        | Kind::VisitReady => "抽查有进展",
        Kind::PlaqueAsked | Kind::PlaquesAsked => "牌匾要交回",
        Kind::DoubtAsked | Kind::DoubtsAsked => "有数据请核对",
        Kind::DoubtAnswered => "数据疑点有答复",
        Kind::MoneyGranted | Kind::MoneyPaid | Kind::PaymentBounced => "经费有进展",
        Kind::RunPrepared => "有付款批次等审批",
        Kind::SpentOver => "有单位经费支出超过",
        Kind::ListSent => "有清单请您答复",
        Kind::EntryMade => "部门认定有否决情形",
        Kind::EntryReplied | Kind::EntryUpheld | Kind::EntryLifted => "部门认定有进展",
        Kind::PollReady
        | Kind::PollOpened
        | Kind::PollClosed
        | Kind::PollCounted
        | Kind::PollSigned
        | Kind::PollAnnulled
        | Kind::ConsentAsked
        | Kind::ConsentGiven => "民主测评有进展",
        Kind::CaseArrived => "有案例等您办理",
        Kind::CaseRecommended
        | Kind::CaseReturned
        | Kind::CaseLeft
        | Kind::CaseAsked
        | Kind::CaseAnswered
        | Kind::CasePublished
        | Kind::CaseTakenDown => "案例有进展",
        Kind::ContributionAnswered | Kind::TopicClosed => "学习研讨有进展",
        Kind::BookingMovedUp
        | Kind::MeetingChanged
        | Kind::MeetingCancelled
        | Kind::MeetingNear
        | Kind::MeetingHosted => "现场交流有安排",
        Kind::Account => "您的账号有变动",
        Kind::InvitationLate => "您的账号还没有开通",
        Kind::InvitationsLate => "有受邀的人没有开通账号",
        Kind::LetterArrived => "有新的来信",
        Kind::AmendmentProposed => "有新版标准等您确认",
        Kind::AmendmentSentBack
        | Kind::EditionConfirmed
        | Kind::EditionWithdrawn
        | Kind::EditionBegun
        | Kind::EditionOvertaken => "新版标准有进展",
        Kind::Reminder
        | Kind::RemindedFromAbove
        | Kind::DueToBegin
        | Kind::DueToSubmit
        | Kind::DueToRate
        | Kind::DueToEndPoll
        | Kind::DueToReview
        | Kind::DueToRecommend
        | Kind::DueToAnswer
        | Kind::DepartmentSilent => "有事快到期了",
    }
}

fn told(lang: Lang, message: &Received) -> String {
    match message.kind {
        Some(kind) => sentence_of(lang, kind, message.tally, &message.detail.says),
        None => t(lang, "有新消息").to_owned(),
    }
}

/// What `jianjia post --try` sends.
pub fn trial(address: &str) -> Letter {
    Letter {
        subject: t(Lang::Zh, "建家平台试发").to_owned(),
        text: format!(
            "{}\n{}\n{address}\n",
            t(Lang::Zh, "这是建家平台试发的，收到就说明设置好了。"),
            t(Lang::En, "这是建家平台试发的，收到就说明设置好了。"),
        ),
    }
}
