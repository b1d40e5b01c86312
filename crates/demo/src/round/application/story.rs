//! What a unit says of itself when it applies: in its own figures, and in the words of its trade.

use jianjia_domain::core::place::UnitKind;

use crate::{
    core::{
        city::{City, Unit},
        draw::Draw,
    },
    round::filing::Filing,
};

const HELPED: [&str; 6] = [
    "困难职工逐户走访、建档帮扶，大病职工都参加了医疗互助",
    "夏送清凉、冬送温暖年年到班组，一线职工人人有份",
    "职工子女暑期有托管，金秋助学从没漏过一户",
    "谈心谈话记在本上，职工提的事件件有回音",
    "生日送祝福、生病有探望，家里有难处工会先到",
    "外来务工的职工过年有车票补助，宿舍装了热水器",
];
const CARED: [&str; 6] = [
    "工资集体协商一年一次，协议在职代会上通过",
    "厂务公开栏每季度更新，职工看得懂、问得到",
    "劳动合同全部签订，安全隐患随手拍、当周改",
    "职代会提案去年收到二十多件，件件答复",
    "女职工专项合同落实到位，哺乳时间排进班表",
    "劳动争议先调解，两年没有一件出过门",
];
const TAUGHT: [&str; 6] = [
    "师徒结对带出了一批技术骨干",
    "岗位练兵月月有题、季季有赛",
    "职工书屋晚上开到九点，借书的人一年比一年多",
    "合理化建议采纳后有奖，最多的一条省下十几万元",
    "会员评家结果当场公布，不满意的逐条整改",
    "文体小组六七个，下了班有地方去、有伴一起玩",
];

/// What an applicant says for itself.
pub fn story(city: &City, filing: &Filing<'_>, year: i16) -> String {
    let unit = &city.units[filing.unit];
    let who = filing.person.map_or(1 << 30, |index| index as i64);
    let mut draw = Draw::of("story", (unit.number << 12 | i64::from(year)) ^ who << 20);
    let (helped, cared, taught) = (draw.pick(&HELPED), draw.pick(&CARED), draw.pick(&TAUGHT));
    match filing.person {
        Some(index) => {
            let person = &city.people[index];
            let since = i64::from(year - person.since.year()).max(1);
            format!(
                "{}，{}{}，做工会工作{since}年。所在工会会员{}人。{helped}；{taught}。",
                person.name, unit.name, person.duty, unit.members
            )
        }
        None => format!("{}。{helped}；{cared}；{taught}。", introduced(unit)),
    }
}

fn introduced(unit: &Unit) -> String {
    let (name, workers, members) = (&unit.name, unit.workers, unit.members);
    let rate = if workers > 0 {
        members * 100 / workers
    } else {
        0
    };
    match unit.kind {
        UnitKind::Branch => format!("{name}有职工{workers}人、会员{members}人"),
        kind if kind.is_federation() => {
            format!("{name}覆盖职工{workers}人，会员{members}人，入会率{rate}%")
        }
        _ => format!(
            "{name}{}年建会，职工{workers}人，会员{members}人，入会率{rate}%",
            unit.founded_on.year()
        ),
    }
}
