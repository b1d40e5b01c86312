//! Empty workbooks to download: headings, drop-down lists, an example row and a sheet of notes.

use jianjia_documents::workbook::{self, Cell, Column, Notes, Table};
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    exchange::import::{EXAMPLE_MARK, ImportColumn, ImportKind, divisions::Level, sheets},
    honour::honour::level_name,
    register::{person::Post, unit::form::list_of},
    round::veto::VetoState,
};
use jianjia_standard::{
    Lang, Standard,
    fact::{Fact, FactKind},
    kinds::HonourLevel,
    programme::Title,
};

use crate::core::{error::Result, export::long::XLSX};

/// A file to download: name and content.
#[derive(Clone, Debug)]
pub struct Download {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// The empty template of a kind, for what is of a year: headings, drop-down lists, an example row and a sheet of notes.
pub fn template(standard: &Standard, year: i16, kind: ImportKind) -> Result<Download> {
    let columns = kind.columns(standard);
    let example = columns
        .iter()
        .map(|column| match standard.fact(&column.key) {
            Some(fact) if kind == ImportKind::Sheets => answer(fact),
            _ => Cell::from(example(standard, year, kind, &column.key).as_str()),
        })
        .collect();
    let table = Table {
        name: kind.word().to_owned(),
        columns: columns
            .iter()
            .map(|column| described(standard, kind, column))
            .collect(),
        rows: vec![example],
    };
    let notes = Notes {
        name: "填写说明".to_owned(),
        lines: notes(standard, kind, &columns),
    };
    Ok(Download {
        name: format!("{}导入模板.xlsx", kind.word()),
        media_type: XLSX.media_type,
        bytes: workbook::workbook(&[table], &[notes])?,
    })
}

/// A column of the workbook, with the answers to choose from.
pub(super) fn described(standard: &Standard, kind: ImportKind, column: &ImportColumn) -> Column {
    let width = match &*column.key {
        "name" | "employer_name" | "employer_address" => 36,
        "credit_code"
        | "employer_credit_code"
        | "employer_code"
        | "upper"
        | "unit"
        | "department"
        | "employer" => 24,
        _ => 14,
    };
    let choices: Vec<String> = match (kind, &*column.key) {
        (ImportKind::Unions, "kind") => UnitKind::ALL
            .into_iter()
            .filter(|kind| *kind != UnitKind::City)
            .map(|kind| kind.word().to_owned())
            .collect(),
        (ImportKind::People, "post") => Post::ALL.map(|post| post.word().to_owned()).to_vec(),
        (ImportKind::Unions, key) => list_of(key)
            .unwrap_or_default()
            .iter()
            .map(|code| code.zh.to_owned())
            .collect(),
        (ImportKind::Titles, "level") => HonourLevel::ALL
            .iter()
            .map(|level| level_name(*level, Lang::Zh).to_owned())
            .collect(),
        (ImportKind::Divisions, "level") => {
            Level::ALL.map(|level| level.word().to_owned()).to_vec()
        }
        (ImportKind::Sheets, key) => standard.fact(key).map_or_else(Vec::new, answers),
        (ImportKind::Vetoes, "state") => {
            VetoState::ALL.map(|state| state.word().to_owned()).to_vec()
        }
        (ImportKind::Answers, "answer") => {
            ["无情形", "有情形", "不清楚"].map(str::to_owned).to_vec()
        }
        (ImportKind::Accounts, "role") => {
            Role::AT_UNITS.map(|role| role.word().to_owned()).to_vec()
        }
        (
            ImportKind::Divisions
            | ImportKind::People
            | ImportKind::Titles
            | ImportKind::Vetoes
            | ImportKind::Answers
            | ImportKind::SubsidyBases
            | ImportKind::Accounts,
            _,
        ) => Vec::new(),
    };
    Column {
        heading: column.name.zh.clone(),
        width,
        is_required: column.is_required,
        choices,
    }
}

/// The choices in the drop-down list of a fact.
fn answers(fact: &Fact) -> Vec<String> {
    match fact.kind {
        FactKind::Truth => vec![
            "是".to_owned(),
            "否".to_owned(),
            sheets::NOT_KNOWN.to_owned(),
        ],
        FactKind::Choice => fact.choices.clone(),
        FactKind::Count | FactKind::Money | FactKind::Date | FactKind::Level => Vec::new(),
    }
}

/// An answer for the example row.
fn answer(fact: &Fact) -> Cell {
    match fact.kind {
        FactKind::Truth => Cell::from("是"),
        FactKind::Count => Cell::Number(200),
        FactKind::Money => Cell::Number(10_000),
        FactKind::Level => Cell::Number(3),
        FactKind::Date => Cell::from("2014-05-20"),
        FactKind::Choice => fact
            .choices
            .first()
            .map_or(Cell::Nothing, |one| Cell::from(one.as_str())),
    }
}

fn example(standard: &Standard, year: i16, kind: ImportKind, key: &str) -> String {
    let text = match (kind, key) {
        (ImportKind::Titles, "title") => return earlier_title(standard).to_owned(),
        (ImportKind::Titles, "year") => return earlier_year(standard).to_string(),
        (ImportKind::Titles, "begun_on") => {
            return format!("{}-12-20", earlier_year(standard));
        }
        (
            ImportKind::Sheets
            | ImportKind::Vetoes
            | ImportKind::Answers
            | ImportKind::SubsidyBases,
            "year",
        ) => {
            return year.to_string();
        }
        (ImportKind::Answers, "department") => {
            let first = standard.departments.first();
            let name = first.map_or("某局", |department| department.name.zh.as_str());
            return format!("{EXAMPLE_MARK}：{name}");
        }
        (ImportKind::Answers, "answer") => "有",
        (ImportKind::Answers, "clause") => {
            let first = standard.departments.first();
            let clause = first.and_then(|department| department.clauses.first());
            return clause.cloned().unwrap_or_default();
        }
        (ImportKind::Answers, "on") => return format!("{year}-05-03"),
        (ImportKind::Answers, "document") => return format!("〔{year}〕12号"),
        (ImportKind::Answers, "by") => "张某某",
        (ImportKind::Answers, "employer") => "常州某某机械有限公司",
        (ImportKind::Answers, "employer_code") => "91350100M000100Y43",
        (ImportKind::Vetoes, "clause") => {
            let first = standard.vetoes.first();
            return first.map_or_else(String::new, |veto| veto.clause.clone());
        }
        (ImportKind::Vetoes, "source") => return format!("市人社局〔{year}〕12号函"),
        (ImportKind::Divisions, "code") => return format!("{EXAMPLE_MARK}：320402005"),
        (ImportKind::Divisions, "parent_code") => "320402",
        (ImportKind::Divisions, "level") => "镇（街道）",
        (ImportKind::Divisions, _) => "某某街道",
        (ImportKind::Sheets, "number") => "",
        (ImportKind::Unions | ImportKind::Sheets, "name") => {
            return format!("{EXAMPLE_MARK}：常州某某机械有限公司工会");
        }
        (ImportKind::Accounts, "role") => "工会主席",
        (ImportKind::Accounts, "telephone") => "13800000000",
        (ImportKind::People | ImportKind::Accounts, "name") => {
            return format!("{EXAMPLE_MARK}：张某某");
        }
        (ImportKind::SubsidyBases, "amount") => "10000.00",
        (ImportKind::SubsidyBases, "unit") => {
            return format!("{EXAMPLE_MARK}：某某村工会联合会");
        }
        (ImportKind::Titles | ImportKind::Vetoes, "unit") => {
            return format!("{EXAMPLE_MARK}：常州某某机械有限公司工会");
        }
        (ImportKind::Titles, "level") => "市级",
        (_, "kind") => "基层工会",
        (_, "upper") => "某某街道总工会",
        (_, "chair") => "张某某",
        (_, "credit_code") => "81320400MC0000001X",
        (_, "form") => "单独基层工会",
        (_, "founded_on") => "2009-06-01",
        (_, "division") => "320402005",
        (_, "employer_name") => "常州某某机械有限公司",
        (_, "employer_credit_code") => "91350100M000100Y43",
        (_, "employer" | "employer_nature") => "企业",
        (_, "employer_economic_type") => "私营",
        (_, "employer_industry") => "制造业",
        (_, "employer_address") => "某某路 1 号",
        (_, "workers") => "200",
        (_, "members") => "190",
        (_, "phone") => "0519-86680000",
        (_, "unit") => "常州某某机械有限公司工会",
        (_, "post") => "基层工会工作者",
        (_, "duty") => "组织委员",
        (_, "since_on") => "2014-05-20",
        _ => "",
    };
    text.to_owned()
}

/// A title as one may hold it from before the programme: of the tier that still counts.
fn earlier_title(standard: &Standard) -> &str {
    let counts = |title: &&Title| {
        let rule = standard.equivalence.as_ref();
        rule.is_none_or(|rule| rule.tier == title.tier)
    };
    let title = standard.titles.iter().find(counts);
    title.map_or("", |title| title.name.zh.as_str())
}

/// A year of which such a title may be.
fn earlier_year(standard: &Standard) -> i16 {
    standard.programme.first_year - 2
}

fn notes(standard: &Standard, kind: ImportKind, columns: &[ImportColumn]) -> Vec<String> {
    let required: Vec<&str> = columns
        .iter()
        .filter(|column| column.is_required)
        .map(|column| column.name.zh.as_str())
        .collect();
    let mut lines = vec![
        "1. 从表头下一行填起，表头的字不要改。序号、备注等别的列不读，会告诉您；合计行、表下的说明和隐藏的工作表也不读。".to_owned(),
        format!("2. 第一格以“{EXAMPLE_MARK}”开头的行是示例，导入时跳过，可以删掉。"),
        format!("3. 必填：{}（表头为红字）。其他不清楚的空着，空着的格不会改掉名册里已有的内容。", required.join("、")),
        "4. 日期写成 2016-03-29；人数只写数字。".to_owned(),
        "5. 上传后先核对每一行的结果，再确认导入。有不能导入的行，可以改好整张表再传，也可以先导入其余的行。".to_owned(),
    ];
    match kind {
        ImportKind::Divisions => lines.extend([
            "6. 区划代码用统计用区划代码：辖市、区 6 位，镇（街道）9 位，村（社区）12 位。上级也在本表里或已经登记。".to_owned(),
            "7. 已经登记的代码只能改名称；级别或上级变了的，是新代码。".to_owned(),
        ]),
        ImportKind::Sheets => {
            lines.extend([
                "6. 一行是一个工会一年的年度表。工会按登记编号认，没有填编号的按统一社会信用代码认，都没有的按名称认；名称要与登记的一致。".to_owned(),
                format!("7. 空着的格不说什么，也不会改掉已经填的；要收回一个答案，写“{}”。", sheets::NOT_KNOWN),
                "8. 只填这个工会要答的题。表头可以写下面的简称、完整的问题或英文代号：".to_owned(),
            ]);
            lines.extend(sheets::asked(standard).into_iter().map(|(fact, kinds)| {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name(Lang::Zh)).collect();
                let (name, question) = (&fact.name.zh, &fact.question.zh);
                format!("{name}（{}）：{question}——{}填。", fact.key, kinds.join("、"))
            }));
        }
        ImportKind::Unions => lines.extend([
            "6. 上级工会：填名称、登记编号或统一社会信用代码；空着的，登记在您选定的工会下面。上级也在本表里新登记的，填它的名称。".to_owned(),
            "7. 工会的统一社会信用代码以 81 开头，与单位的代码不要填反；都是 18 位。".to_owned(),
            "8. 已在名册里的工会按代码认，没有代码的按上级和名称认：内容不同的更新，相同的不变。隶属关系不能靠导入改变，请在单位页面办理转移。".to_owned(),
            "9. 所在区划：填区划代码，或镇（街道）、村（社区）的名称。".to_owned(),
        ]),
        ImportKind::People => lines.extend([
            "6. 所在工会：填名称、登记编号或统一社会信用代码。".to_owned(),
            "7. 同一工会里同名的视为同一人；确是两人的，请填不同的电话。".to_owned(),
            "8. 一个工会只有一位主席：主席换人，请先在单位的人员里登记原主席离任。".to_owned(),
        ]),
        ImportKind::Accounts => lines.extend([
            "6. 所在工会：填名称、登记编号或统一社会信用代码。账号按工会、角色、姓名认：已有的只补手机和邮箱。".to_owned(),
            "7. 用户名空着的，主席用工会的信用代码，其他人用手机号，都没有的用姓名；可以是汉字。".to_owned(),
            "8. 账号没有密码：导入以后打印邀请单，本人扫码设置。审批人、审计员、管理员要由另一位管理员确认，两人各告诉本人一半一次性密码。".to_owned(),
        ]),
        ImportKind::Titles => lines.extend([
            "6. 持有单位：填名称、登记编号或统一社会信用代码；个人称号还要填名册里的姓名，单位称号这一格空着。".to_owned(),
            match &standard.equivalence {
                Some(rule) => format!("7. 以前的称号，导入后由辖市、区或产业工会在光荣册里复核才作数（{}）：{}", rule.clause, rule.text.zh),
                None => format!("7. {}年以前的称号可以导入，留在光荣册里。", standard.programme.first_year),
            },
            "8. 命名日期不知道的空着，按当年最后一天记。已经登记的称号不会被表格改动。".to_owned(),
        ]),
        ImportKind::SubsidyBases => lines.extend([
            "6. 单位工会：填名称、登记编号或统一社会信用代码；只有按年登记基数的村（社区）工会联合会能填，按人数计算的不用填。".to_owned(),
            "7. 基数单位是元，最多两位小数。改动已经登记的基数，要在“说明”里写明依据；原来的记录保留。".to_owned(),
        ]),
        ImportKind::Answers => lines.extend([
            "6. 由部门填答复、情形、日期、文号和答复人，前面几列不要改。单位按两个统一社会信用代码和两个名称认。".to_owned(),
            "7. 答复：没有、有、不清楚。空着的行是未答复，不会当成“没有”。".to_owned(),
            "8. 答复“有”的，填情形的条款编号或名称、发生或认定的日期、认定文书的文号；一家单位有几种情形的，一种一行。".to_owned(),
        ]),
        ImportKind::Vetoes => lines.extend([
            format!("6. 情形：填条款编号（{}）、名称，或两样都填。来源：哪个部门、哪份文件认定的。", clauses(standard)),
            "7. 否决情形记在单位的工会上，不记在分工会、小组上。已经登记的不会被表格改动；解除请在“否决登记”里办理。状态空着的按仍然有效登记；写“已解除”的不登记，只与登记核对。".to_owned(),
            format!("8. {}年以前的也可以导入，留作记录，不影响现在的申报。", standard.programme.first_year),
        ]),
    }
    lines
}

/// The clauses of the vetoes, from the first to the last: `V1—V11`.
fn clauses(standard: &Standard) -> String {
    match standard.vetoes.as_slice() {
        [] => String::new(),
        [only] => only.clause.clone(),
        [first, .., last] => format!("{}—{}", first.clause, last.clause),
    }
}
