//! Why a spot check can't go on as somebody wants it.

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum SpotCheckRefusal {
    NotProvided,
    NoHomes,
    PublishedAlready {
        year: i16,
        hash: String,
    },
    FrameChanged,
    NoLottery,
    NoIssue,
    LotteryUsed {
        year: i16,
    },
    TooLong {
        length: usize,
        most: usize,
    },
    NotADay,
    NotLater {
        on: Date,
        today: Date,
        last: Date,
    },
    NoInspectors,
    TooFewInspectors {
        district: String,
        found: usize,
        needed: usize,
    },
    NoInspectorLeft {
        unit: String,
    },
    TooEarly {
        on: Date,
    },
    DrawnAlready {
        seed: String,
    },
    FrameDamaged,
    NotTicked,
    NoReason,
    ConflictDeclared,
    VisitIsOver,
    NoReleaseReason,
    ReleasedAlready,
    /// Of the inspectors none was chosen to be released.
    NoneReleased,
    /// They neither review nor decide at a federation any more, or belong to the unit's district by now.
    InspectsNoMore,
}

impl Refuse for SpotCheckRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (SpotCheckRefusal::NotProvided, Lang::Zh) => {
                "本年度的标准没有规定抽查（没有 [spot_check] 一节），不能组织。需要抽查的，请先在标准里写明。".to_owned()
            }
            (SpotCheckRefusal::NotProvided, Lang::En) => {
                "The year's standard has no rules for spot checks (no [spot_check]), so none can be held. Add them to the standard first.".to_owned()
            }
            (SpotCheckRefusal::NoHomes, Lang::Zh) => {
                "本年度没有轮到抽查的单位，没有什么可以公布。请先评定合格的单位，再来组织抽查。（P1）".to_owned()
            }
            (SpotCheckRefusal::NoHomes, Lang::En) => {
                "No unit's turn has come this year, so there is no frame to publish. Spot checks follow once titles are given. (P1)".to_owned()
            }
            (SpotCheckRefusal::PublishedAlready { year, hash }, Lang::Zh) => {
                format!("{year}年度的抽样框已经公布，校验码是 {}…：公布以后不能再加单位、减单位，也不能重抽。要纠正的，请在结果里说明，下一年度再调整。（P1）", short(hash))
            }
            (SpotCheckRefusal::PublishedAlready { year, hash }, Lang::En) => {
                format!("The frame of {year} is published, with the hash {}…: nobody can be added or left out any more, and nothing is drawn anew. Explain what is wrong with the results, and mend it next year. (P1)", short(hash))
            }
            (SpotCheckRefusal::FrameChanged, Lang::Zh) => {
                "您查看以后，名册或者年度情况有了变化，抽样框和您看到的不一样了。请核对下面最新的各层数字，再公布。".to_owned()
            }
            (SpotCheckRefusal::FrameChanged, Lang::En) => {
                "The register or the year's data changed since you looked, and the frame is another one now. Check the newest figures below, then publish.".to_owned()
            }
            (SpotCheckRefusal::NoLottery, Lang::Zh) => {
                "没有写用哪一种公开开奖：请写彩票名称，例如“双色球”，公众要凭它核对种子。".to_owned()
            }
            (SpotCheckRefusal::NoLottery, Lang::En) => {
                "The public draw is missing: name the lottery, by which everybody can check the seed.".to_owned()
            }
            (SpotCheckRefusal::NoIssue, Lang::Zh) => {
                "期号没有填对：请照彩票公告写，中间不留空格，例如“2016149”。".to_owned()
            }
            (SpotCheckRefusal::NoIssue, Lang::En) => {
                "The issue can't be taken: give it as the lottery announces it, without spaces, such as “2016149”.".to_owned()
            }
            (SpotCheckRefusal::LotteryUsed { year }, Lang::Zh) => {
                format!("这一期开奖号码已经用在{year}年度的抽查里，种子不能重复使用。请另选一期。")
            }
            (SpotCheckRefusal::LotteryUsed { year }, Lang::En) => {
                format!("This issue's number serves the spot check of {year}, and no seed counts twice. Choose another issue.")
            }
            (SpotCheckRefusal::TooLong { length, most }, Lang::Zh) => {
                format!("写了{length}个字，最多{most}个字，不能换行。请缩短一些。")
            }
            (SpotCheckRefusal::TooLong { length, most }, Lang::En) => {
                format!("This has {length} characters; at most {most} on one line can be kept. Please shorten it.")
            }
            (SpotCheckRefusal::NotADay, Lang::Zh) => {
                "开奖日期没有填对：请填年月日，例如 2016-12-20。".to_owned()
            }
            (SpotCheckRefusal::NotADay, Lang::En) => {
                "The day of the lottery can't be read: give it as 2016-12-20.".to_owned()
            }
            (SpotCheckRefusal::NotLater { on, today, last }, Lang::Zh) => {
                format!("开奖日期 {on} 不行：先公布抽样框，后开奖，所以要在今天（{today}）以后；也不要晚于 {last}。")
            }
            (SpotCheckRefusal::NotLater { on, today, last }, Lang::En) => {
                format!("The lottery can't be on {on}: the frame is published first and the number drawn later, so after today ({today}), and by {last}.")
            }
            (SpotCheckRefusal::NoInspectors, Lang::Zh) => {
                "没有选检查人员：请从各联合会的审核人、审批人里确认名单。".to_owned()
            }
            (SpotCheckRefusal::NoInspectors, Lang::En) => {
                "No inspectors were chosen: confirm some of the federations' reviewers and approvers.".to_owned()
            }
            (SpotCheckRefusal::TooFewInspectors { district, found, needed }, Lang::Zh) => {
                format!("能到“{district}”检查的只有{found}人，要{needed}人：检查人员不去本地区。请再确认几位别的地区的人。")
            }
            (SpotCheckRefusal::TooFewInspectors { district, found, needed }, Lang::En) => {
                format!("Only {found} of these can inspect in {district}, and it takes {needed}: nobody inspects the own district. Confirm some people of other districts.")
            }
            (SpotCheckRefusal::NoInspectorLeft { unit }, Lang::Zh) => {
                format!("“{unit}”没有可以换的检查人员了：各联合会现在的审核人、审批人要么属于同一地区，要么已经抽到过这个单位。请先给别的地区的人开账号、定角色，再来换人。")
            }
            (SpotCheckRefusal::NoInspectorLeft { unit }, Lang::En) => {
                format!("Nobody is left to inspect “{unit}”: every reviewer and approver of the federations belongs to its district or was drawn for it before. Make accounts with these roles for people of other districts, then try again.")
            }
            (SpotCheckRefusal::TooEarly { on }, Lang::Zh) => {
                format!("还没有到公布的开奖日期（{on}），号码还不能录入。请开奖以后再来。")
            }
            (SpotCheckRefusal::TooEarly { on }, Lang::En) => {
                format!("The lottery that was announced is on {on}; its number can't be entered before. Come back after it.")
            }
            (SpotCheckRefusal::DrawnAlready { seed }, Lang::Zh) => {
                format!("已经用号码 {seed} 抽取，不能重抽。号码录错的，任何人都能核对出来：请公开说明，另行组织。")
            }
            (SpotCheckRefusal::DrawnAlready { seed }, Lang::En) => {
                format!("The sample was drawn with the number {seed}; it is not drawn anew. Anybody can see whether that number was the lottery's: if it was typed wrongly, say so in public.")
            }
            (SpotCheckRefusal::FrameDamaged, Lang::Zh) => {
                "抽样框和公布时的校验码对不上，不能抽取。请先运行全面核对，找出是谁改动了数据。".to_owned()
            }
            (SpotCheckRefusal::FrameDamaged, Lang::En) => {
                "The frame is not the one that was published: its hash differs, so nothing is drawn. Have everything verified first, to find what was changed.".to_owned()
            }
            (SpotCheckRefusal::NotTicked, Lang::Zh) => {
                "没有勾选确认：这件事办了不能重来，请核对以后勾选，再提交。".to_owned()
            }
            (SpotCheckRefusal::NotTicked, Lang::En) => {
                "The box is not ticked: this can't be done again, so check everything, tick it and submit.".to_owned()
            }
            (SpotCheckRefusal::NoReason, Lang::Zh) => {
                "没有写回避理由：请写明和这个单位有什么关系，例如曾在那里任职。".to_owned()
            }
            (SpotCheckRefusal::NoReason, Lang::En) => {
                "The reason is missing: say what connects you with this unit, for instance that you worked there.".to_owned()
            }
            (SpotCheckRefusal::ConflictDeclared, Lang::Zh) => {
                "您已经声明回避，这个单位由别人检查，不必再办。".to_owned()
            }
            (SpotCheckRefusal::ConflictDeclared, Lang::En) => {
                "You declared a conflict already, and somebody else inspects this unit; there is nothing to do.".to_owned()
            }
            (SpotCheckRefusal::VisitIsOver, Lang::Zh) => {
                "这个单位已经检查过了，现在不能再换检查人员。有利害关系没有申明的，请报告市总工会。".to_owned()
            }
            (SpotCheckRefusal::VisitIsOver, Lang::En) => {
                "This unit was inspected already, so its inspectors can't change any more. Report an undeclared conflict to the city federation.".to_owned()
            }
            (SpotCheckRefusal::NoReleaseReason, Lang::Zh) => {
                "没有写换人的理由：请写明为什么不再由这位检查人员去，例如岗位变动、长期病假。".to_owned()
            }
            (SpotCheckRefusal::NoReleaseReason, Lang::En) => {
                "The reason is missing: say why this inspector does not go any more, for instance a change of post or a long illness.".to_owned()
            }
            (SpotCheckRefusal::ReleasedAlready, Lang::Zh) => {
                "这位检查人员已经不去这个单位了，系统已另抽一位，不必再办。".to_owned()
            }
            (SpotCheckRefusal::ReleasedAlready, Lang::En) => {
                "This inspector does not go there any more, and somebody else was drawn already; there is nothing to do.".to_owned()
            }
            (SpotCheckRefusal::NoneReleased, Lang::Zh) => {
                "没有选定换哪一位检查人员：请选一位，写明理由，再提交。".to_owned()
            }
            (SpotCheckRefusal::NoneReleased, Lang::En) => {
                "No inspector was chosen: choose who does not go any more, give the reason, and submit.".to_owned()
            }
            (SpotCheckRefusal::InspectsNoMore, Lang::Zh) => {
                "您现在不在别的地区、产业的联合会担任审核人或审批人，不能再检查这个单位（P1：交叉检查）。请告诉市总工会另派检查人员；已经收到的记录都保留。".to_owned()
            }
            (SpotCheckRefusal::InspectsNoMore, Lang::En) => {
                "You are not a reviewer or approver of another district's or industry's federation any more, so you can't inspect this unit (P1: crosswise). Tell the city federation, which sends somebody else; what was received stays.".to_owned()
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            SpotCheckRefusal::NotProvided => "spot-check/not-provided",
            SpotCheckRefusal::NoHomes => "spot-check/no-homes",
            SpotCheckRefusal::PublishedAlready { .. } => "spot-check/published-already",
            SpotCheckRefusal::FrameChanged => "spot-check/frame-changed",
            SpotCheckRefusal::NoLottery => "spot-check/no-lottery",
            SpotCheckRefusal::NoIssue => "spot-check/no-issue",
            SpotCheckRefusal::LotteryUsed { .. } => "spot-check/lottery-used",
            SpotCheckRefusal::TooLong { .. } => "spot-check/too-long",
            SpotCheckRefusal::NotADay => "spot-check/not-a-day",
            SpotCheckRefusal::NotLater { .. } => "spot-check/not-later",
            SpotCheckRefusal::NoInspectors => "spot-check/no-inspectors",
            SpotCheckRefusal::TooFewInspectors { .. } => "spot-check/too-few-inspectors",
            SpotCheckRefusal::NoInspectorLeft { .. } => "spot-check/no-inspector-left",
            SpotCheckRefusal::TooEarly { .. } => "spot-check/too-early",
            SpotCheckRefusal::DrawnAlready { .. } => "spot-check/drawn-already",
            SpotCheckRefusal::FrameDamaged => "spot-check/frame-damaged",
            SpotCheckRefusal::NotTicked => "spot-check/not-ticked",
            SpotCheckRefusal::NoReason => "spot-check/no-reason",
            SpotCheckRefusal::ConflictDeclared => "spot-check/conflict-declared",
            SpotCheckRefusal::VisitIsOver => "spot-check/visit-is-over",
            SpotCheckRefusal::NoReleaseReason => "spot-check/no-release-reason",
            SpotCheckRefusal::ReleasedAlready => "spot-check/released-already",
            SpotCheckRefusal::NoneReleased => "spot-check/none-released",
            SpotCheckRefusal::InspectsNoMore => "spot-check/inspects-no-more",
        }
    }
}

/// Enough of a hash to know it by.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
