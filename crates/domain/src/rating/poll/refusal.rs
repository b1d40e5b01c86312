//! Why something of a poll is not done: the sentences.

use crate::core::refusal::Refuse;
use jianjia_standard::{Lang, Text};
use jiff::civil::Date;

use crate::rating::poll::{PollState, slip::SlipRefusal};

#[derive(Clone, Debug, PartialEq)]
pub enum PollRefusal {
    /// The standard knows no ballot.
    NoBallot,
    WrongState {
        state: PollState,
        wanted: PollState,
    },
    /// Another poll of the year is not over, or its result holds.
    AnotherPoll {
        state: PollState,
    },
    NoNumber {
        least: i64,
        most: i64,
    },
    ListTooLong {
        names: usize,
        most: usize,
    },
    NoName {
        name: String,
    },
    Twice {
        name: String,
    },
    NoSide,
    RatedForMembers {
        name: String,
        side: Text,
    },
    TooManyLeaders {
        most: usize,
    },
    NoLeader,
    RollTooSmall {
        roll: i64,
        fewest: i64,
    },
    GroupSize {
        members: usize,
        least: u64,
        most: u64,
    },
    SideMissing {
        sides: Vec<Text>,
    },
    NoLastDay {
        today: Date,
        year: i16,
    },
    /// The union above makes the slips.
    SlipsByUpper,
    MoreSlipsThanRoll {
        number: i64,
        valid: i64,
        roll: i64,
    },
    NotSpoilable(SlipRefusal),
    /// What can't be taken back was not ticked.
    NotTicked,
    NoGrade,
    SuggestionTooLong {
        characters: usize,
        most: usize,
    },
    Slip(SlipRefusal),
    /// Keys can be made anew only while the box is empty.
    BoxNotEmpty,
    /// The keys were made anew between a ballot's sealing and its commit.
    KeysRenewed,
    NoSuchCode,
    TooManyTries,
    SameMember,
    TooFewKeys {
        keys: u64,
    },
    PaperDoesNotAddUp {
        object: Text,
        sum: i64,
        ballots: i64,
    },
    PaperNotAgreed,
    BoxDoesNotBalance {
        sealed: i64,
        used: i64,
    },
    MoreThanTheRoll {
        ballots: i64,
        roll: i64,
    },
    /// A sealed ballot does not open: the data was changed.
    BallotDamaged,
    SignedAlready {
        name: String,
    },
    NoReason,
    /// Too few ballots to show.
    Withheld,
}

impl Refuse for PollRefusal {
    fn key(&self) -> &'static str {
        match self {
            PollRefusal::NoBallot => "poll/no-ballot",
            PollRefusal::WrongState { .. } => "poll/wrong-state",
            PollRefusal::AnotherPoll { .. } => "poll/another-poll",
            PollRefusal::NoNumber { .. } => "poll/no-number",
            PollRefusal::ListTooLong { .. } => "poll/list-too-long",
            PollRefusal::NoName { .. } => "poll/no-name",
            PollRefusal::Twice { .. } => "poll/twice",
            PollRefusal::NoSide => "poll/no-side",
            PollRefusal::RatedForMembers { .. } => "poll/rated-for-members",
            PollRefusal::TooManyLeaders { .. } => "poll/too-many-leaders",
            PollRefusal::NoLeader => "poll/no-leader",
            PollRefusal::RollTooSmall { .. } => "poll/roll-too-small",
            PollRefusal::GroupSize { .. } => "poll/group-size",
            PollRefusal::SideMissing { .. } => "poll/side-missing",
            PollRefusal::NoLastDay { .. } => "poll/no-last-day",
            PollRefusal::SlipsByUpper => "poll/slips-by-upper",
            PollRefusal::MoreSlipsThanRoll { .. } => "poll/more-slips-than-roll",
            PollRefusal::NotSpoilable(_) => "poll/not-spoilable",
            PollRefusal::NotTicked => "poll/not-ticked",
            PollRefusal::NoGrade => "poll/no-grade",
            PollRefusal::SuggestionTooLong { .. } => "poll/suggestion-too-long",
            PollRefusal::Slip(slip) => slip.key(),
            PollRefusal::BoxNotEmpty => "poll/box-not-empty",
            PollRefusal::KeysRenewed => "poll/keys-renewed",
            PollRefusal::NoSuchCode => "poll/no-such-code",
            PollRefusal::TooManyTries => "poll/too-many-tries",
            PollRefusal::SameMember => "poll/same-member",
            PollRefusal::TooFewKeys { .. } => "poll/too-few-keys",
            PollRefusal::PaperDoesNotAddUp { .. } => "poll/paper-does-not-add-up",
            PollRefusal::PaperNotAgreed => "poll/paper-not-agreed",
            PollRefusal::BoxDoesNotBalance { .. } => "poll/box-does-not-balance",
            PollRefusal::MoreThanTheRoll { .. } => "poll/more-than-the-roll",
            PollRefusal::BallotDamaged => "poll/ballot-damaged",
            PollRefusal::SignedAlready { .. } => "poll/signed-already",
            PollRefusal::NoReason => "poll/no-reason",
            PollRefusal::Withheld => "poll/withheld",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }
}

impl PollRefusal {
    fn zh(&self) -> String {
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
                "今年的测评已经有一次（{}）。一年只有一次有效的测评；如果结果有问题，请上级工会作废后再重新组织。",
                state.word(Lang::Zh)
            ),
            PollRefusal::NoNumber { least, most } => {
                format!("请填 {least} 到 {most} 之间的整数。")
            }
            PollRefusal::ListTooLong { names, most } => {
                format!("名单有 {names} 个名字，最多 {most} 个。人数更多的，请只填应投人数。")
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
                "请填投票的最后一天：不早于今天（{today}），在 {year} 年之内，例如 {year}-10-20。"
            ),
            PollRefusal::SlipsByUpper => {
                "上级工会要求由上级制票。请联系上级工会领取测评票。".to_owned()
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

    fn en(&self) -> String {
        match self {
            PollRefusal::NoBallot => {
                "The standard in force doesn't say how members vote, so no rating can be held here. Please ask the city federation.".to_owned()
            }
            PollRefusal::WrongState { state, wanted } => format!(
                "This rating is now “{}”; this can be done while it is “{}”. The rating's page shows what comes next.",
                state.word(Lang::En),
                wanted.word(Lang::En)
            ),
            PollRefusal::AnotherPoll { state } => format!(
                "There is a rating for this year already ({}). One rating a year counts; if its result is in doubt, the union above can declare it void, and then a new one may be held.",
                state.word(Lang::En)
            ),
            PollRefusal::NoNumber { least, most } => {
                format!("Please enter a whole number from {least} to {most}.")
            }
            PollRefusal::ListTooLong { names, most } => {
                format!("The list has {names} names; at most {most} are kept. For more members, enter the number only.")
            }
            PollRefusal::NoName { name } => {
                format!("“{name}” doesn't look like a name: at most 40 characters, one a line. Please correct it.")
            }
            PollRefusal::Twice { name } => {
                format!("{name} is named twice. Everybody counts once in the group; please name somebody else.")
            }
            PollRefusal::NoSide => "Please choose whom this member stands for.".to_owned(),
            PollRefusal::RatedForMembers { name, side } => format!(
                "{name} is rated in this ballot and can't stand for “{}” in the group. Please choose an ordinary member.",
                side.en
            ),
            PollRefusal::TooManyLeaders { most } => {
                format!("One slip rates at most {most} chairs and vice chairs. Please name fewer.")
            }
            PollRefusal::NoLeader => {
                "Please name the chair and vice chairs who are rated, one a box.".to_owned()
            }
            PollRefusal::RollTooSmall { roll, fewest } => format!(
                "The roll has {roll} members. With fewer than {fewest} ballots the result stays closed, so that nobody can guess who said what, and the rating would be of no use. Please check the number; a union with fewer than {fewest} members can agree on a joint rating with a neighbour or ask the union above."
            ),
            PollRefusal::GroupSize {
                members,
                least,
                most,
            } => format!("The working group has {members} members and needs {least} to {most}. Please add or remove some."),
            PollRefusal::SideMissing { sides } => {
                let sides: Vec<&str> = sides.iter().map(|side| side.en.as_str()).collect();
                format!(
                    "The working group has nobody yet for: {}. Each side needs one member at least, so that the result is trusted.",
                    sides.join(", ")
                )
            }
            PollRefusal::NoLastDay { today, year } => format!(
                "Please enter the last day of voting: not before today ({today}), within {year}, like {year}-10-20."
            ),
            PollRefusal::SlipsByUpper => {
                "The union above asked to make the slips itself. Please get them there.".to_owned()
            }
            PollRefusal::MoreSlipsThanRoll {
                number,
                valid,
                roll,
            } => format!(
                "The roll has {roll} members and {valid} valid slips exist; {number} more would be too many. To replace slips, first declare those handed back spoiled; if the roll is wrong, give this rating up and prepare it anew."
            ),
            PollRefusal::NotSpoilable(slip) => match slip {
                SlipRefusal::Used => {
                    "This slip has been used and can't be declared spoiled: nothing ties the ballot to it, so it can't be taken out.".to_owned()
                }
                SlipRefusal::Spoiled => {
                    "This slip was declared spoiled before; nothing is left to do.".to_owned()
                }
                other => other.sentence(Lang::En),
            },
            PollRefusal::NotTicked => {
                "This can't be taken back, so nothing was done yet. Please tick the sentence above the button and press it again.".to_owned()
            }
            PollRefusal::NoGrade => "This choice is not on the slip. Please go back and choose again.".to_owned(),
            PollRefusal::SuggestionTooLong { characters, most } => {
                format!("The suggestion has {characters} characters and is too long: {most} Chinese characters or {} letters fit. Please shorten it.", most * 3)
            }
            PollRefusal::Slip(slip) => slip.sentence(Lang::En),
            PollRefusal::BoxNotEmpty => {
                "There are ballots in the box, which new keys could not open, so keys can't be made anew. Any two members' codes open it together: please find two of them.".to_owned()
            }
            PollRefusal::KeysRenewed => {
                "The working group has just made the box's keys anew, so this ballot was not taken and the slip is still good. Please choose again and submit.".to_owned()
            }
            PollRefusal::NoSuchCode => {
                "This member code is not right. Please compare it with the member's paper: sixteen letters and digits.".to_owned()
            }
            PollRefusal::TooManyTries => {
                "Too many wrong codes: to keep guessers out, this stops for a quarter of an hour. Please try again later.".to_owned()
            }
            PollRefusal::SameMember => {
                "That was the same member twice. Two different members must each do it.".to_owned()
            }
            PollRefusal::TooFewKeys { keys } => {
                format!("Opening the box takes the codes of {keys} different members. Please open it together.")
            }
            PollRefusal::PaperDoesNotAddUp {
                object,
                sum,
                ballots,
            } => format!(
                "The answers under “{}” add up to {sum}, but there are {ballots} paper ballots. Each counts once under each object; one without an answer is void. Please check.",
                object.en
            ),
            PollRefusal::PaperNotAgreed => {
                "Two members must enter the paper ballots, each alone, and agree before the box is opened. Where there are none, two members each enter 0.".to_owned()
            }
            PollRefusal::BoxDoesNotBalance { sealed, used } => format!(
                "The accounts don't balance: {sealed} ballots in the box, {used} slips used. The box was not opened. Please tell the union above at once: data may have been changed."
            ),
            PollRefusal::MoreThanTheRoll { ballots, roll } => format!(
                "There are {ballots} ballots for a roll of {roll}: a turnout over 100 % can't be counted. Please check the number of paper ballots: who took a slip does not vote on paper."
            ),
            PollRefusal::BallotDamaged => {
                "A ballot can't be unsealed: data was changed. Nothing was counted. Please tell the union above at once and run jianjia verify.".to_owned()
            }
            PollRefusal::SignedAlready { name } => {
                format!("{name} has signed already; nothing is left to do.")
            }
            PollRefusal::NoReason => "Please give the reason: it stays on record.".to_owned(),
            PollRefusal::Withheld => {
                "There are too few ballots, or too few by phone and tablet; a result would let people guess who said what, so it stays closed and there is no file to recount.".to_owned()
            }
        }
    }
}
