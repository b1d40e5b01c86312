//! Why something can't be done with a meeting.

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeetingRefusal {
    NoKind,
    NoTitle,
    NoPlace,
    NoAgenda,
    TooLong {
        most: usize,
    },
    NoDay,
    Past {
        today: Date,
    },
    UntilAfter {
        held: Date,
    },
    NoHour,
    NoNumber {
        least: i64,
        most: i64,
    },
    FewerThanTaken {
        taken: i64,
    },
    /// No union of this name or number below the federation, or several.
    NoHost,
    SeveralHosts {
        names: Vec<String>,
    },
    NoName,
    NotAName,
    Twice {
        name: String,
    },
    EnoughOfOne {
        each: i64,
    },
    TooLate {
        until: Date,
    },
    Began {
        held: Date,
    },
    Held {
        held: Date,
    },
    NotYet {
        held: Date,
    },
    NotBooked,
    Cancelled,
    NoReason,
}

impl Refuse for MeetingRefusal {
    fn key(&self) -> &'static str {
        match self {
            MeetingRefusal::NoKind => "meeting/no-kind",
            MeetingRefusal::NoTitle => "meeting/no-title",
            MeetingRefusal::NoPlace => "meeting/no-place",
            MeetingRefusal::NoAgenda => "meeting/no-agenda",
            MeetingRefusal::TooLong { .. } => "meeting/too-long",
            MeetingRefusal::NoDay => "meeting/no-day",
            MeetingRefusal::Past { .. } => "meeting/past",
            MeetingRefusal::UntilAfter { .. } => "meeting/until-after",
            MeetingRefusal::NoHour => "meeting/no-hour",
            MeetingRefusal::NoNumber { .. } => "meeting/no-number",
            MeetingRefusal::FewerThanTaken { .. } => "meeting/fewer-than-taken",
            MeetingRefusal::NoHost => "meeting/no-host",
            MeetingRefusal::SeveralHosts { .. } => "meeting/several-hosts",
            MeetingRefusal::NoName => "meeting/no-name",
            MeetingRefusal::NotAName => "meeting/not-a-name",
            MeetingRefusal::Twice { .. } => "meeting/twice",
            MeetingRefusal::EnoughOfOne { .. } => "meeting/enough-of-one",
            MeetingRefusal::TooLate { .. } => "meeting/too-late",
            MeetingRefusal::Began { .. } => "meeting/began",
            MeetingRefusal::Held { .. } => "meeting/held",
            MeetingRefusal::NotYet { .. } => "meeting/not-yet",
            MeetingRefusal::NotBooked => "meeting/not-booked",
            MeetingRefusal::Cancelled => "meeting/cancelled",
            MeetingRefusal::NoReason => "meeting/no-reason",
        }
    }

    fn can_be_corrected(&self) -> bool {
        !matches!(
            self,
            MeetingRefusal::TooLate { .. }
                | MeetingRefusal::EnoughOfOne { .. }
                | MeetingRefusal::Began { .. }
                | MeetingRefusal::Held { .. }
                | MeetingRefusal::NotYet { .. }
                | MeetingRefusal::NotBooked
                | MeetingRefusal::Cancelled
        )
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

impl MeetingRefusal {
    fn chinese(&self) -> String {
        match self {
            MeetingRefusal::NoKind => "请选择是现场会、观摩会还是经验交流会。".to_owned(),
            MeetingRefusal::NoTitle => "请写会议名称。".to_owned(),
            MeetingRefusal::NoPlace => "请写开会的地点，写到找得到的程度。".to_owned(),
            MeetingRefusal::NoAgenda => "请写看什么、谈什么。".to_owned(),
            MeetingRefusal::TooLong { most } => format!("最多 {most} 个字，请写短一些。"),
            MeetingRefusal::NoDay => "请写日期，如 2016-10-10。".to_owned(),
            MeetingRefusal::Past { today } => {
                format!("今天是 {today}，这一天已经过去。请另选一天。")
            }
            MeetingRefusal::UntilAfter { held } => {
                format!("会议在 {held}，预约要在那一天或以前截止。请改截止日期。")
            }
            MeetingRefusal::NoHour => "请写几点开始，如 14:00。".to_owned(),
            MeetingRefusal::NoNumber { least, most } => {
                format!("请写一个 {least} 到 {most} 之间的整数。")
            }
            MeetingRefusal::FewerThanTaken { taken } => {
                format!("已经预约了 {taken} 个名额，不能少于这个数。请先和预约的单位商量取消。")
            }
            MeetingRefusal::NoHost => {
                "名册里没有这个名称或编号的下属工会。请从名册里照抄名称，或者写它的编号。"
                    .to_owned()
            }
            MeetingRefusal::SeveralHosts { names } => {
                format!("有几家工会都叫这个名称（{}），请写编号。", names.join("、"))
            }
            MeetingRefusal::NoName => "请写参加人的姓名。".to_owned(),
            MeetingRefusal::NotAName => {
                "这里只写姓名，不写号码：名单召集和承办的单位都看得到。".to_owned()
            }
            MeetingRefusal::Twice { name } => {
                format!("{name}已经预约过了，不用再约。要换人的，请先取消原来的。")
            }
            MeetingRefusal::EnoughOfOne { each } => {
                format!("这次会议每家最多去 {each} 人，你们已经约满。要换人的，请先取消一个。")
            }
            MeetingRefusal::TooLate { until } => {
                format!("预约到 {until} 截止，已经过了。还想去的，请直接联系召集的工会。")
            }
            MeetingRefusal::Began { held } => {
                format!("会议在 {held}，当天起不能再取消。去不了的，请直接告诉承办单位。")
            }
            MeetingRefusal::Held { held } => {
                format!("会议已在 {held} 开过，安排不能再改。")
            }
            MeetingRefusal::NotYet { held } => {
                format!("会议在 {held}，到那一天再登记谁到了。")
            }
            MeetingRefusal::NotBooked => {
                "这个预约已经取消或者已经登记到会，不用再办理。".to_owned()
            }
            MeetingRefusal::Cancelled => "这次会议已经取消，不用再办理。".to_owned(),
            MeetingRefusal::NoReason => "请写明取消的原因，预约的单位会看到。".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            MeetingRefusal::NoKind => {
                "Please choose whether it is an on-site meeting, a visit or an exchange.".to_owned()
            }
            MeetingRefusal::NoTitle => "Please write what the meeting is called.".to_owned(),
            MeetingRefusal::NoPlace => {
                "Please write where it is, so that it can be found.".to_owned()
            }
            MeetingRefusal::NoAgenda => {
                "Please write what is shown and talked about.".to_owned()
            }
            MeetingRefusal::TooLong { most } => {
                format!("At most {most} characters; please shorten it.")
            }
            MeetingRefusal::NoDay => "Please write a day such as 2016-10-10.".to_owned(),
            MeetingRefusal::Past { today } => {
                format!("Today is {today}, and that day is over. Please choose another.")
            }
            MeetingRefusal::UntilAfter { held } => format!(
                "The meeting is on {held}: places are booked until that day or an earlier one. Please change it."
            ),
            MeetingRefusal::NoHour => {
                "Please write when it begins, such as 14:00.".to_owned()
            }
            MeetingRefusal::NoNumber { least, most } => {
                format!("Please write a whole number from {least} to {most}.")
            }
            MeetingRefusal::FewerThanTaken { taken } => format!(
                "{taken} places are booked, so there can't be fewer. Ask those who booked to cancel first."
            ),
            MeetingRefusal::NoHost => {
                "The register shows no union of this name or number below the federation. Copy the name from the register, or write the union's number.".to_owned()
            }
            MeetingRefusal::SeveralHosts { names } => format!(
                "Several unions have this name ({}); please write the number.",
                names.join(", ")
            ),
            MeetingRefusal::NoName => "Please write who comes.".to_owned(),
            MeetingRefusal::NotAName => {
                "Write the name alone and no number: whoever calls the meeting and the host see the list.".to_owned()
            }
            MeetingRefusal::Twice { name } => format!(
                "{name} is booked already. To send somebody else, cancel that booking first."
            ),
            MeetingRefusal::EnoughOfOne { each } => format!(
                "At most {each} of a union can come, and yours has booked them. To send somebody else, cancel one first."
            ),
            MeetingRefusal::TooLate { until } => format!(
                "Places were booked until {until}. If you still want to come, please ask the federation that calls the meeting."
            ),
            MeetingRefusal::Began { held } => format!(
                "The meeting is on {held}, and from that day on nothing is cancelled here. If you can't come, please tell the host."
            ),
            MeetingRefusal::Held { held } => {
                format!("The meeting was held on {held} and can't be changed.")
            }
            MeetingRefusal::NotYet { held } => {
                format!("The meeting is on {held}: mark who came from that day on.")
            }
            MeetingRefusal::NotBooked => {
                "This booking was cancelled, or its person has come already; nothing is to be done.".to_owned()
            }
            MeetingRefusal::Cancelled => {
                "This meeting was cancelled; nothing is to be done about it.".to_owned()
            }
            MeetingRefusal::NoReason => {
                "Please say why it is cancelled; those who booked read it.".to_owned()
            }
        }
    }
}
