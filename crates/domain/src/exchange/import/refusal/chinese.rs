//! The sentences in Chinese.

use jianjia_standard::Lang;

use super::{
    ImportRefusal,
    told::{cells_told, content, same_zh, told_zh},
};

impl ImportRefusal {
    pub(super) fn chinese(&self) -> String {
        match self {
            ImportRefusal::TooLarge { megabytes } => format!(
                "文件太大：超过 {megabytes} MB，没有导入。请删掉图片和用不到的内容，或分成几个文件导入。"
            ),
            ImportRefusal::UnpackedTooLarge { megabytes } => format!(
                "文件太大：展开后超过 {megabytes} MB，没有导入。请删掉图片和用不到的内容，或分成几个文件导入。"
            ),
            ImportRefusal::TooManyRows { limit } => {
                format!("表格超过 {limit} 行，没有导入。请分成几个文件导入。")
            }
            ImportRefusal::TooManyCells { limit, row } => format!(
                "单元格超过 {limit} 个（只设了格式的空格也算）{}，没有导入。请删掉表格下方和右侧用不到的行、列，或分成几个文件导入。",
                row.map_or_else(String::new, |row| format!("，读到第 {row} 行为止"))
            ),
            ImportRefusal::TooManyColumns { limit, row } => format!(
                "第 {row} 行超过 {limit} 列，没有导入。请核对这一行的分隔符，删掉右侧用不到的列。"
            ),
            ImportRefusal::TooMuchText { megabytes, row } => format!(
                "表里的文字一共超过 {megabytes} MB{}，没有导入。请删掉用不到的列，或分成几个文件导入。",
                row.map_or_else(String::new, |row| format!("，读到第 {row} 行为止"))
            ),
            ImportRefusal::CellTooLong { limit, cell } => format!(
                "单元格 {cell} 的内容超过 {limit} 个字，没有导入。请把它改短，再导入。"
            ),
            ImportRefusal::TooManyParts { limit } => format!(
                "文件里的部件超过 {limit} 个，没有导入。请新建一个空白表格，只把要导入的那张表复制过去，另存后再上传。"
            ),
            ImportRefusal::TooIntricate => {
                "文件的结构不像表格软件保存的，没有导入。请用表格软件打开，另存为新的 .xlsx 后再上传。".to_owned()
            }
            ImportRefusal::TookTooLong { seconds } => format!(
                "这张表读了 {seconds} 秒还没有读完，没有导入。请删掉用不到的行和列，或分成几个文件导入。"
            ),
            ImportRefusal::Busy => {
                "正在读别人的表格，等了一会儿还没有轮到，没有导入。请过一分钟再上传一次。".to_owned()
            }
            ImportRefusal::NotATable { found } => format!(
                "这个文件不是表格（内容是{}），没有导入。请上传 .xlsx 或 .csv 文件，最好用下载的空白模板填写。",
                content(found, Lang::Zh)
            ),
            ImportRefusal::FalseName { found } => format!(
                "文件名说是表格，内容却是{}，没有导入。请用表格软件打开原来的表，另存为 .xlsx 后再上传，不要只改后缀。",
                content(found, Lang::Zh)
            ),
            ImportRefusal::OldOrLocked => {
                "这是旧版 Excel（.xls）或加了密码的文件，没有导入。请用表格软件打开，去掉密码，另存为 .xlsx 后再上传。".to_owned()
            }
            ImportRefusal::Damaged => {
                "文件已经损坏，读不出来，没有导入。请用表格软件打开确认，另存一份后再上传；从聊天软件转来的，请重新传一次。".to_owned()
            }
            ImportRefusal::Encoding => {
                "看不懂这个 CSV 的文字编码，没有导入。请用表格软件另存为 .xlsx 或“CSV UTF-8”后再上传。".to_owned()
            }
            ImportRefusal::Empty => "文件是空的，没有可导入的内容。请确认选对了文件，并已经保存。".to_owned(),
            ImportRefusal::NoFile => "请先选择要导入的文件（.xlsx 或 .csv）。".to_owned(),
            ImportRefusal::NoRows => {
                "表头下面没有内容，没有可导入的行。请从表头下一行填起（示例行、合计行、表下的说明不算）。".to_owned()
            }
            ImportRefusal::NoHeadings {
                expected,
                sheets,
                hidden,
            } => format!(
                "在{}的前 10 行没有找到表头，没有导入。表头至少要有：{}。请照下载的空白模板写表头。{}",
                if sheets.iter().any(|sheet| !sheet.is_empty()) {
                    format!("工作表“{}”", sheets.join("”“"))
                } else {
                    "表格".to_owned()
                },
                expected.join("、"),
                if hidden.is_empty() {
                    String::new()
                } else {
                    format!(
                        "隐藏的工作表“{}”没有读：要导入的内容在里面的，请取消隐藏再上传。",
                        hidden.join("”“")
                    )
                }
            ),
            ImportRefusal::NothingVisible { hidden } => format!(
                "看得见的工作表里没有内容，没有导入。隐藏的工作表“{}”没有读：要导入的内容在里面的，请取消隐藏再上传。",
                hidden.join("”“")
            ),
            ImportRefusal::HeadingSplit { heading, below } => format!(
                "表头“{heading}”下面分成了 {} 列（{}），没有合计，不知道以哪一列为准，没有导入。请加一列合计，或只留一列。",
                below.len(),
                below.join("、")
            ),
            ImportRefusal::HeadingSpread { heading, columns } => format!(
                "表头“{heading}”合并在 {}—{} 列上，这几列都有内容，不知道以哪一列为准，没有导入。请取消合并，给每一列写上自己的表头。",
                columns.0, columns.1
            ),
            ImportRefusal::HeadingsAgain { row } => format!(
                "{}又是表头，但各列的位置与上面的表头不同，没有导入。请把下面的内容按上面的表头排好，或放到另一张工作表里。",
                row.zh()
            ),
            ImportRefusal::Merged => {
                "这一格与旁边的格合并在一起，看不出它自己填的是什么。请取消合并，把这一格填好（没有可填的，清空）。".to_owned()
            }
            ImportRefusal::Alone { typed } => format!(
                "“{typed}”是这一行唯一的内容，像是标题、说明，也可能是后面几栏没有填。是标题、说明的，请删掉这一行；要导入的，请把这一行的其他栏填上，如上级工会、工会类型。"
            ),
            ImportRefusal::MoreCells { typed } => format!(
                "这一行的格比表头多，或有一个数被逗号分成了两格（“{typed}”），分不清哪一格属于哪一栏。请把每一格放回自己的栏里；数里的逗号请去掉，或用英文双引号把数括起来。"
            ),
            ImportRefusal::SameAbove => {
                "看不出“同上”同的是哪一格：紧接着的上一行没有这一格的内容，或中间隔着合计、标题、空行、隐藏的行。请把内容写出来。".to_owned()
            }
            ImportRefusal::SameOwn { typed } => format!(
                "这一栏填的是“{typed}”，而它是每一行自己的，不能同上。请照原件写出这一行自己的；不知道的，可以不填的栏空着。"
            ),
            ImportRefusal::UpperEmpty => {
                "上级工会没有填，而表里别的行填了：空着的，看不出是不是同上面一行。请每一行都填上级工会；直接属于您这一级的，请填您这一级工会的名称。".to_owned()
            }
            ImportRefusal::HeadingTwice { heading } => {
                format!("表头“{heading}”出现了两次，不知道以哪一列为准，没有导入。请删掉多余的一列。")
            }
            ImportRefusal::HeadingsMissing { headings, unknown } => format!(
                "缺少必需的列：{}，没有导入。请补上这些列{}。",
                headings.join("、"),
                if unknown.is_empty() {
                    String::new()
                } else {
                    format!("；表头“{}”看不懂，是它们的，请改成模板里的表头", unknown.join("”“"))
                }
            ),
            ImportRefusal::OpenQuote { row } => format!(
                "第 {row} 行有一个英文双引号没有成对，后面的内容分不清是哪一格的，没有导入。请删掉或补上这个引号，或用表格软件打开核对，另存为 .xlsx 后再上传。"
            ),
            ImportRefusal::NoValue => {
                "这一格是公式，文件里没有它的结果。请用表格软件打开这张表，让它算出来再保存；或把这一格改成数值（复制，选择性粘贴为数值）。".to_owned()
            }
            ImportRefusal::FormulaFailed { typed } => format!(
                "这一格的公式出错了（{typed}）。请改好公式，或直接填写内容。"
            ),
            ImportRefusal::LostDigits { typed } => format!(
                "这一格是数字（{typed}），表格软件只保留前 15 位，末尾几位已经丢了。请把这一格设成文本格式，再照证书重新输入一遍。"
            ),
            ImportRefusal::IdentityNumber => {
                "这一格里有个人的身份证号码。身份证号码不要填进表里，系统也不保存，请删掉；单位的代码请填营业执照或证书上的统一社会信用代码，不知道的空着。".to_owned()
            }
            ImportRefusal::IdentityNumbers { places } => format!(
                "表里有个人的身份证号码：{}。为保护个人信息，这个文件没有保存，也没有导入。请删掉身份证号码的格或整列（隐藏的工作表里也要删），另存后再上传。",
                cells_told(places, Lang::Zh)
            ),
            ImportRefusal::DiffersFromRow { row } => format!(
                "与{}说的是同一个，但内容不一样。请核对后只留一行。",
                row.zh()
            ),
            ImportRefusal::UpperRowRefused { row } => {
                let row = row.zh();
                format!("上级工会在{row}，那一行不能导入，所以这一行也不能。请先改好{row}。")
            }
            ImportRefusal::UpperCircle => {
                "上级工会绕了一圈又回到自己。请核对这几行的上级工会。".to_owned()
            }
            ImportRefusal::UpperDiffers { registered } => format!(
                "登记的上级工会是“{registered}”，与表里的不同。导入不改隶属关系：确实要转移的，请在单位页面办理转移；否则请把上级改成登记的。"
            ),
            ImportRefusal::KindUnknown { typed } => format!(
                "“{typed}”不是工会类型。请从这些当中选一个：{}。",
                crate::core::place::UnitKind::ALL.map(crate::core::place::UnitKind::word).join("、")
            ),
            ImportRefusal::ChairDiffers { chair } => format!(
                "现任工会主席登记的是“{chair}”，与表里的不同。主席换人请在单位的人员里办理，表里这一格可以空着。"
            ),
            ImportRefusal::UnitUnknown { typed } => format!(
                "在您管辖的范围内没有找到工会“{typed}”，也没有相近的名称。请核对名称，或填它的登记编号、统一社会信用代码；还没有登记的，请先登记。"
            ),
            ImportRefusal::UnitNear { typed, candidates } => format!(
                "没有叫“{typed}”的工会。是不是{}？请改成名册里的名称，或填登记编号。",
                told_zh(candidates, "或")
            ),
            ImportRefusal::UnitSeveral { typed, candidates } => format!(
                "“{typed}”对得上几个工会：{}。请填其中一个的登记编号或统一社会信用代码。",
                told_zh(candidates, "；")
            ),
            ImportRefusal::NewIsNear { candidates, .. } => format!(
                "名册里有名称相近的：是不是{}？是的，请改成名册里的名称；确是另一个工会的，在“确为新工会”一栏填“是”。",
                told_zh(candidates, "或")
            ),
            ImportRefusal::SameNameElsewhere { candidates, uppers, upper, .. } => format!(
                "名册里已经有同名的工会：{}；这一行{}。是同一个的，把上级工会改成登记的那一个；确是另一个工会的，在“确为新工会”一栏填“是”。",
                same_zh(candidates, uppers),
                if upper.is_empty() {
                    "没有填上级工会".to_owned()
                } else {
                    format!("的上级工会是“{upper}”")
                }
            ),
            ImportRefusal::NearRow { row, name } => format!(
                "与{}的“{name}”名称相同或相近，像是同一个工会。是同一个的，请只留一行；确是另一个工会的，在“确为新工会”一栏填“是”。",
                row.zh()
            ),
            ImportRefusal::CodeOfAnotherName { typed, registered: (name, number) } => format!(
                "这个代码登记的是“{name}”（编号 {number}），表里的名称是“{typed}”，不像同一个工会。代码填错的，请改正；确是它改了名的，在“确为更名”一栏填“是”，或请上级在单位页面办理更名。"
            ),
            ImportRefusal::UpperNotFound { typed } => format!(
                "在您管辖的范围内没有找到上级工会“{typed}”，这张表里也没有，也没有相近的名称。请核对名称，或填它的登记编号、统一社会信用代码；还没有登记的，把它也写进表里，单独一行。"
            ),
            ImportRefusal::UpperNearRow { typed, row, name } => format!(
                "没有叫“{typed}”的上级工会。是不是{}的“{name}”？是的，请把两处写成一样的；不是的，请先登记它，或把它也写进表里，单独一行。",
                row.zh()
            ),
            ImportRefusal::UpperRowsSeveral { typed, rows } => format!(
                "表里有几行都叫“{typed}”（{}、{}），不知道上级工会是哪一个。请只留一行，或先登记好，再填它的登记编号。",
                rows[0].zh(),
                rows[1].zh()
            ),
            ImportRefusal::NameAndCode { typed, code, registered, named } => format!(
                "名称和代码说的不是同一个单位：代码 {code} 登记的是“{registered}”，名称填的是“{typed}”{}。请核对原件，把填错的一个改正。",
                named.as_ref().map_or_else(String::new, |named| format!("（名册里的“{named}”）"))
            ),
            ImportRefusal::NamesDiffer { typed, other, registered, named } => format!(
                "工会名称和单位名称说的不是同一个单位：“{typed}”是名册里的“{registered}”，另一个名称填的是“{other}”{}。请核对原件，把填错的一个改正；是名册登记错了的，请先在单位页面改正。",
                named.as_ref().map_or_else(String::new, |named| format!("（名册里的“{named}”）"))
            ),
            ImportRefusal::CodeNotItsOwn { code, registered, known } => format!(
                "代码 {code} 不是“{registered}”的：它登记的是 {known}。请核对原件，把填错的名称或代码改正；是名册登记错了的，请先在单位页面改正代码。"
            ),
            ImportRefusal::NotYesOrNo { typed } => {
                format!("“{typed}”不是“是”或“否”。请填“是”或“否”，不知道的空着。")
            }
            ImportRefusal::UnitMissing => "请填写所在工会：名称、登记编号或统一社会信用代码都可以。".to_owned(),
            ImportRefusal::RowsRefused { count } => format!(
                "有 {count} 行不能导入，所以整张表都没有导入。请按下面的说明改好表格，再上传一次；也可以只导入其余的行，把这几行带说明退回来。"
            ),
            ImportRefusal::NoGoodRows => {
                "除了不能导入的行，其余的行名册里都已经有了，没有要导入的。请改好不能导入的行，再上传一次。".to_owned()
            }
            ImportRefusal::NewlyChecked => {
                "核对以后名册有了变化，所以没有导入，已经按最新的名册重新核对。请再看一遍结果，然后确认。".to_owned()
            }
        }
    }
}
