//! The sentences in Chinese.

use jianjia_standard::{Lang, fact::EARLIEST_DAY};

use super::UnitRefusal;
use crate::core::day;

impl UnitRefusal {
    pub(super) fn chinese(&self) -> String {
        match self {
            UnitRefusal::NameMissing => "请填写工会名称，与批准建会的文件一致。".to_owned(),
            UnitRefusal::SeveralUnions { names } => format!(
                "一格里填了 {} 个工会（{}）。请一个工会一行，每行填一个名称。",
                names.len(),
                names.join("；")
            ),
            UnitRefusal::NotAUnionsName { typed } => format!(
                "“{typed}”不像工会的名称。请填全称，例如“常州某某有限公司工会”；有问号的，是原来的字丢了，请重新输入。"
            ),
            UnitRefusal::TooLong { field, found } => format!(
                "“{}”最多 {} 个字，您填了 {found} 个字，请缩短。",
                field.zh, field.limit
            ),
            UnitRefusal::ControlCharacter => {
                "这一栏里有看不见的控制字符，多半是从别处粘贴带进来的。请删掉后重新输入。"
                    .to_owned()
            }
            UnitRefusal::PrivateCharacter { character: '\u{fffd}' } => {
                "有一个字已经丢了，只剩下“\u{fffd}”：多半是文件换编码时丢的。请照原件重新输入这个字。".to_owned()
            }
            UnitRefusal::PrivateCharacter { character } => format!(
                "有一个字（U+{:04X}）是造字，只有录入的那台电脑能显示，别处是空白或方框。请换成标准字库里的字重新输入；打不出的，先用同音字，在备注里写明。",
                u32::from(*character)
            ),
            UnitRefusal::NotACount { typed } => {
                format!("“{typed}”不是人数。请填 0 或正整数，例如 186；还不清楚的，这一栏空着。")
            }
            UnitRefusal::RoughCount { typed } => {
                format!("“{typed}”是约数。请填准确的人数，例如 186；还不清楚的，这一栏空着。")
            }
            UnitRefusal::DayTooEarly { day, today } => format!(
                "{day} 太早了{}。应在 {EARLIEST_DAY} 到今天（{today}）之间，请核对；还不清楚的，这一栏空着。",
                day::zero_told(&day.to_string(), Lang::Zh)
            ),
            UnitRefusal::PhoneWithoutZero { phone, meant } => format!(
                "电话“{phone}”的区号少了开头的 0：表格软件把它当数字存，丢了这个 0。请把这一格设成文本格式，重新输入，例如 {meant}。"
            ),
            UnitRefusal::NotADay { typed } => {
                format!(
                    "“{typed}”不是日期{}。请按年-月-日填写，例如 2016-03-29；还不清楚的，这一栏空着。",
                    day::serial_told(typed, Lang::Zh)
                )
            }
            UnitRefusal::DayInFuture { day, today } => {
                format!("{day} 还没有到（今天是 {today}）。登记只写已经发生的事，请核对日期。")
            }
            UnitRefusal::NotAPhone { typed } => {
                format!("“{typed}”不是电话号码。请只填数字和连字符，例如 0519-86681234。")
            }
            UnitRefusal::NotOfTheList { typed, list } => format!(
                "“{typed}”不在可选项里。请从这些当中选一个：{}。",
                list.iter()
                    .map(|code| code.zh)
                    .collect::<Vec<_>>()
                    .join("、")
            ),
            UnitRefusal::ReasonTooShort => {
                "请写明代码是怎样核对的，例如：与营业执照原件核对，印的就是这样。".to_owned()
            }
            UnitRefusal::MembersAboveWorkers { members, workers } => format!(
                "会员 {members} 人，比职工 {workers} 人还多。请核对两个数：职工人数应包括劳务派遣等全部职工。"
            ),
            UnitRefusal::CodeTaken { holder } => format!(
                "这个代码已经登记在“{holder}”名下，一个代码只属于一个工会。请核对代码；如果是同一个工会，请直接更正那条登记。"
            ),
            UnitRefusal::NameTaken { name, upper } => format!(
                "“{upper}”下面已经有“{name}”，同一上级下不能有两个同名的单位。如果是同一个，请直接更正那条登记；不是同一个，请把名称写全。"
            ),
            UnitRefusal::KindUnder { kind, upper } => format!(
                "{}不能设在{}下面（规划第四部分的组织层级）。请改选上级或类型。",
                kind.word(),
                upper.word()
            ),
            UnitRefusal::KindAboveUnits { kind, below } => format!(
                "下面还有{}，所以不能改成{}。请先把下级转移到别处。",
                below.word(),
                kind.word()
            ),
            UnitRefusal::UpperMissing => {
                "请填写上级工会：名称、登记编号或统一社会信用代码都可以。".to_owned()
            }
            UnitRefusal::UpperUnknown { typed } => format!(
                "在您管辖的范围内没有找到上级工会“{typed}”，或有几个同名的。请填它的登记编号或统一社会信用代码，或先登记它。"
            ),
            UnitRefusal::UpperEnded { upper } => {
                format!("“{upper}”已经合并或撤销，下面不能再有单位。请选择存续的上级工会。")
            }
            UnitRefusal::UpperWithin { upper } => {
                format!("“{upper}”就是本单位或在本单位下面，不能作它的上级。请另选。")
            }
            UnitRefusal::UpperSame { upper } => {
                format!("本单位现在就在“{upper}”下面，不需要转移。")
            }
            UnitRefusal::Ended { name } => {
                format!(
                    "“{name}”已经合并或撤销，登记只供查阅，不能再改。需要恢复的，请由上级重新登记一个单位。"
                )
            }
            UnitRefusal::NameSame { name } => {
                format!("新名称与现在的名称“{name}”一样，不需要更名。")
            }
            UnitRefusal::BeforeLastChange { on, last } => format!(
                "变更日期 {on} 早于上一次变更的 {last}。变更按先后登记，请填 {last} 或以后的日期。"
            ),
            UnitRefusal::BeforeFounding { on, founded_on } => format!(
                "变更日期 {on} 早于建会日期 {founded_on}。请核对变更日期，或先更正建会日期。"
            ),
            UnitRefusal::DayMissing => "请填写从哪一天起变更，以批复文件的日期为准。".to_owned(),
            UnitRefusal::UnitsBelow { count } => {
                format!("下面还有 {count} 个存续的单位。请先把它们转移、合并或撤销，再撤销本单位。")
            }
            UnitRefusal::ApplicationsRunning { count } => format!(
                "本单位（含下级）还有 {count} 件申报正在审核，变更会换掉审核它们的工会。请先办结、退回或撤回这些申报，再办变更。"
            ),
            UnitRefusal::SuccessorMissing => {
                "请填写并入哪个单位：名称、登记编号或统一社会信用代码都可以。".to_owned()
            }
            UnitRefusal::SuccessorUnknown { typed } => format!(
                "在您管辖的范围内没有找到存续的“{typed}”，或有几个同名的。请填它的登记编号或统一社会信用代码。"
            ),
            UnitRefusal::SuccessorWithin { successor } => {
                format!("“{successor}”就是本单位或在本单位下面，不能并入。请另选。")
            }
            UnitRefusal::SuccessorKind { successor, below } => format!(
                "本单位下面有{}，不能设在“{successor}”下面。请先把它们转移到别处，再合并。",
                below.word()
            ),
            UnitRefusal::RootStays => "市总工会是全市的根，不能转移、合并或撤销。".to_owned(),
            UnitRefusal::NoteMissing => {
                "请写明依据，例如批复的文号。日后查阅历史时要看到它。".to_owned()
            }
        }
    }
}
