//! The Chinese sentences.

use jianjia_standard::Lang;

use crate::rating::poll::{
    refusal::{PollRefusal, last_day_like},
    slip::SlipRefusal,
};

/// Doubtful lines that are told one by one.
const TOLD: usize = 8;

impl PollRefusal {
    pub(super) fn zh(&self) -> String {
        match self {
            PollRefusal::NoBallot => {
                "现行标准没有规定民主测评怎样投票，所以不能在这里组织。请向市总工会询问。".to_owned()
            }
            PollRefusal::WrongState { state, wanted } => format!(
                "这次测评现在是“{}”，要在“{}”时才能办这件事。请回到测评页，看下一步该做什么。",
                state.word(Lang::Zh),
                wanted.word(Lang::Zh)
            ),
            PollRefusal::AnotherPoll { state } => format!(
                "今年的测评正在办（{}），同一时间只办一次。请先把这一次办完；要重新来过的，先中止这一次。",
                state.word(Lang::Zh)
            ),
            PollRefusal::NeedsConsent { year } => format!(
                "{year} 年已经有一次测评结果。再办一次会取代它，要上级工会同意并写明理由以后才能开始投票。请向上级工会说明为什么要重办。"
            ),
            PollRefusal::NothingReplaced { year } => format!(
                "{year} 年还没有测评结果，不存在重办，不需要上级同意。该工会可以直接开始投票。"
            ),
            PollRefusal::NoNumber { least, most } => {
                format!("请填 {least} 到 {most} 之间的整数。")
            }
            PollRefusal::ListTooLong { names, most } => {
                format!("名单有 {names} 个名字，最多 {most} 个。人数更多的，请只填应投人数。")
            }
            PollRefusal::DoubtfulList { lines } => {
                let told: Vec<String> = lines.iter().take(TOLD).map(|line| line.sentence(Lang::Zh)).collect();
                let more = match lines.len().saturating_sub(TOLD) {
                    0 => String::new(),
                    more => format!("；还有 {more} 行"),
                };
                format!("名单还没有存，有 {} 行要改：{}{more}。改好再存。", lines.len(), told.join("；"))
            }
            PollRefusal::NoName { name } => {
                format!("“{name}”不像一个名字：最多 40 个字，一行一个。请改正。")
            }
            PollRefusal::Twice { name } => {
                format!("{name} 写了两次。工作小组里每个人只算一次，请改成另一个人。")
            }
            PollRefusal::NoSide => "请选择这位成员代表哪一方。".to_owned(),
            PollRefusal::RatedForMembers { name, side } => format!(
                "{name} 自己要接受测评，不能作为“{}”进工作小组。请换一位普通会员。",
                side.zh
            ),
            PollRefusal::TooManyLeaders { most } => {
                format!("一张票上最多测评 {most} 位主席、副主席。请减少。")
            }
            PollRefusal::NoLeader => {
                "请写上接受测评的主席、副主席的姓名，一个一格。".to_owned()
            }
            PollRefusal::RollTooSmall { roll, fewest } => format!(
                "应投人数是 {roll} 人。少于 {fewest} 张票时，为了不让人猜出谁投了什么，结果不能公布，测评也就不起作用。请核对人数；会员确实不足 {fewest} 人的，请与相邻工会商量联合测评，或向上级工会说明。"
            ),
            PollRefusal::RollAboveMembers { roll, members } => format!(
                "应投 {roll} 人，比会员 {members} 人还多：能投票的只有会员。请核对应投人数；会员增加了的，请先更正年度情况里的会员人数。"
            ),
            PollRefusal::NoVoters { known } => {
                let known: Vec<&str> = known.iter().map(|name| name.zh.as_str()).collect();
                format!("请选择参加投票的是谁：{}。", known.join("，或者"))
            }
            PollRefusal::RollUnexplained { roll, members, by } => format!(
                "应投 {roll} 人，会员 {members} 人，相差超过 {by}。请写明原因：上级审核时和公布结果时都看得到；人数填错了的，请改过来。"
            ),
            PollRefusal::ReasonTooLong { characters, most } => {
                format!("原因写了 {characters} 个字，最多 {most} 个字。请写短一些。")
            }
            PollRefusal::GroupSize {
                members,
                least,
                most,
            } => format!("工作小组现在有 {members} 人，应为 {least} 到 {most} 人。请增减成员。"),
            PollRefusal::SideMissing { sides } => {
                let sides: Vec<&str> = sides.iter().map(|side| side.zh.as_str()).collect();
                format!(
                    "工作小组里还没有：{}。每一方至少要有一人，结果才让人信服。",
                    sides.join("、")
                )
            }
            PollRefusal::NoLastDay { today, year } => format!(
                "请填投票的最后一天：不早于今天（{today}），在 {year} 年之内，例如 {}。",
                last_day_like(*today, *year)
            ),
            PollRefusal::SlipsByUpper => {
                "上级工会要求由上级制作测评票。请联系上级工会领取测评票。".to_owned()
            }
            PollRefusal::MoreSlipsThanRoll {
                number,
                valid,
                roll,
            } => format!(
                "应投人数 {roll} 人，有效的票已有 {valid} 张，再制 {number} 张就超过了。要换票，请先把收回的票作废；应投人数填错了，请中止后重新准备。"
            ),
            PollRefusal::NotSpoilable(slip) => match slip {
                SlipRefusal::Used => {
                    "这张票已经投过，不能作废：选票和票没有任何联系，抽不出来。".to_owned()
                }
                SlipRefusal::Spoiled => "这张票早已作废，不用再办。".to_owned(),
                other => other.sentence(Lang::Zh),
            },
            PollRefusal::NotTicked => {
                "这一步不能撤回，还没有办。请先在按钮上面的那句话前打勾，再按一次。".to_owned()
            }
            PollRefusal::NoGrade => "选项不在票面上。请返回重新选择。".to_owned(),
            PollRefusal::SuggestionTooLong { characters, most } => {
                format!("建议写了 {characters} 个字，最多 {most} 个字。请删短一些再提交。")
            }
            PollRefusal::Slip(slip) => slip.sentence(Lang::Zh),
            PollRefusal::BoxNotEmpty => {
                "票箱里已经有票，换了钥匙就打不开了，所以不能再换。任意两位成员的钥匙合起来就能开箱，请找到其中两位。".to_owned()
            }
            PollRefusal::KeysRenewed => {
                "工作小组刚刚换了票箱的钥匙，这一次没有收下，票还能用。请重新选一遍再提交。".to_owned()
            }
            PollRefusal::NoSuchCode => {
                "这个成员码不对。请对照工作小组成员的纸条再输一次：一共 16 个字母和数字。".to_owned()
            }
            PollRefusal::TooManyTries => {
                "输错的次数太多，为防有人试码，先停一刻钟。请稍后再试。".to_owned()
            }
            PollRefusal::SameMember => {
                "两次是同一位成员。要由两位不同的成员各办一次。".to_owned()
            }
            PollRefusal::TooFewKeys { keys } => {
                format!("开箱要 {keys} 位不同成员的成员码。请几位成员一起来开箱。")
            }
            PollRefusal::PaperDoesNotAddUp {
                object,
                sum,
                ballots,
            } => format!(
                "“{}”各栏加起来是 {sum}，纸质票是 {ballots} 张。每张纸质票在每个项目下只算一次，没选的算废票。请核对。",
                object.zh
            ),
            PollRefusal::PaperNotAgreed => {
                "纸质票要由两位成员分别录入，数字一致才能开箱。没有纸质票，也请两位各录一次 0。".to_owned()
            }
            PollRefusal::BoxDoesNotBalance { sealed, used } => format!(
                "账不平：票箱里有 {sealed} 张选票，已用的测评票是 {used} 张。没有开箱。请立即告诉上级工会，数据可能被改动。"
            ),
            PollRefusal::MoreThanTheRoll { ballots, roll } => format!(
                "选票一共 {ballots} 张，超过应投人数 {roll} 人，回收率超过 100 %，不能计票。请核对纸质票张数：领了测评票的人不应再投纸质票。"
            ),
            PollRefusal::BallotDamaged => {
                "有选票解不开：数据被改动过。没有计票。请立即告诉上级工会，并用 jianjia verify 检查。".to_owned()
            }
            PollRefusal::SignedAlready { name } => format!("{name} 已经签过字了，不用再签。"),
            PollRefusal::NoReason => "请写明原因：它会留在记录里。".to_owned(),
            PollRefusal::Withheld => {
                "票太少，或者用手机、平板投的票太少，公布结果会让人猜出谁投了什么，所以结果不公布，也没有计票文件。".to_owned()
            }
        }
    }
}
