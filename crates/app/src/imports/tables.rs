//! Tables to download: blank templates, and what the register holds in the same columns, so that an export can be imported again.

use std::collections::HashMap;

use jianjia_documents::workbook::{self, Cell, Column, Notes, Table};
use jianjia_domain::{
    honour::{Honour, level_name},
    ids::UnitId,
    import::{EXAMPLE_MARK, ImportColumn, ImportKind},
    person::{self as people, Post},
    policy::{Act, Actor},
    unit::{
        Unit, UnitKind,
        codes::word_of,
        form::{self, list_of},
    },
    veto::Veto,
};
use jianjia_standard::{Lang, kinds::HonourLevel};
use jianjia_store::{db::Tx, honour, import, person, unit, veto};

use crate::{app::App, error::Result};

/// A file to send: its name and bytes.
#[derive(Clone, Debug)]
pub struct Download {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const CSV: &str = "text/csv; charset=utf-8";

/// The blank template of a kind: headings, drop-down lists, an example row, and a sheet of notes.
pub fn template(kind: ImportKind) -> Result<Download> {
    let columns = kind.columns();
    let example = columns
        .iter()
        .map(|column| Cell::from(example(kind, column.key).as_str()))
        .collect();
    let table = Table {
        name: kind.word().to_owned(),
        columns: columns
            .iter()
            .map(|column| described(kind, column))
            .collect(),
        rows: vec![example],
    };
    let notes = Notes {
        name: "填写说明".to_owned(),
        lines: notes(kind, &columns),
    };
    Ok(Download {
        name: format!("{}导入模板.xlsx", kind.word()),
        media_type: XLSX,
        bytes: workbook::workbook(&[table], &[notes])?,
    })
}

/// The living units below a unit, or their people, as a workbook: with phones, so for those who may import there.
pub async fn export(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
) -> Result<Download> {
    let mut tx = app.db.read().await?;
    let under = app
        .permit(&mut tx, actor, Act::ImportUnits, under)
        .await?
        .unit;
    let table = table_of(&mut tx, kind, &under.path).await?;
    Ok(Download {
        name: format!("{}-{}.xlsx", under.name, kind.word()),
        media_type: XLSX,
        bytes: workbook::workbook(&[table], &[])?,
    })
}

/// Everything of a kind, for the command line; `.csv` when the file's name ends so.
pub async fn export_at_the_machine(
    app: &App,
    kind: ImportKind,
    file_name: &str,
) -> Result<Vec<u8>> {
    let mut tx = app.db.read().await?;
    let path = unit::root(&mut tx)
        .await?
        .map_or_else(|| "/".to_owned(), |root| root.path);
    let table = table_of(&mut tx, kind, &path).await?;
    Ok(if file_name.to_lowercase().ends_with(".csv") {
        workbook::csv(&table)?
    } else {
        workbook::workbook(&[table], &[])?
    })
}

async fn table_of(tx: &mut Tx, kind: ImportKind, path: &str) -> Result<Table> {
    let units = unit::within(tx, path).await?;
    let columns = kind.columns();
    let by_id: HashMap<UnitId, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let rows = match kind {
        ImportKind::Unions => {
            let chairs = import::chairs_within(tx, path).await?;
            units
                .iter()
                // The unit itself is not below itself, and an import changes only what is below.
                .filter(|unit| unit.path != path)
                .map(|unit| {
                    let upper = unit.parent_id.and_then(|id| by_id.get(&id)).copied();
                    union_row(&columns, unit, upper, chairs.get(&unit.id))
                })
                .collect()
        }
        ImportKind::People => person::within(tx, path)
            .await?
            .iter()
            .filter_map(|person| {
                let unit = by_id.get(&person.unit_id)?;
                let typed = people::form_of(&person.details);
                Some(
                    columns
                        .iter()
                        .map(|column| match column.key {
                            "name" => Cell::from(typed.name.as_str()),
                            "unit" => Cell::Text(unit.number.to_string()),
                            "post" => Cell::from(person.details.post.word()),
                            "duty" => Cell::from(typed.duty.as_str()),
                            "phone" => Cell::from(typed.phone.as_str()),
                            _ => Cell::from(typed.since_on.as_str()),
                        })
                        .collect(),
                )
            })
            .collect(),
        ImportKind::Titles => honour::all(tx)
            .await?
            .iter()
            .filter(|honour| honour.is_in_force())
            .filter_map(|honour| title_row(honour, &by_id))
            .collect(),
        ImportKind::Vetoes => veto::within(tx, path)
            .await?
            .iter()
            .filter_map(|veto| veto_row(veto, &by_id))
            .collect(),
    };
    Ok(Table {
        name: kind.word().to_owned(),
        columns: columns
            .iter()
            .map(|column| described(kind, column))
            .collect(),
        rows,
    })
}

/// A title in force as a row: the holder by its number, for a name may be another's as well.
fn title_row(honour: &Honour, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&honour.unit)?;
    Some(vec![
        Cell::Text(unit.number.to_string()),
        Cell::from(honour.person_name.as_str()),
        Cell::from(honour.title.as_str()),
        Cell::from(level_name(honour.level, Lang::Zh)),
        Cell::Number(honour.year.into()),
        Cell::from(honour.number.as_str()),
        Cell::Text(honour.begun_on.to_string()),
    ])
}

fn veto_row(veto: &Veto, by_id: &HashMap<UnitId, &Unit>) -> Option<Vec<Cell>> {
    let unit = by_id.get(&veto.unit)?;
    Some(vec![
        Cell::Text(unit.number.to_string()),
        Cell::Number(veto.year.into()),
        Cell::from(veto.clause.as_str()),
        Cell::from(veto.source.as_str()),
        Cell::from(veto.note.as_str()),
    ])
}

fn union_row(
    columns: &[ImportColumn],
    unit: &Unit,
    upper: Option<&Unit>,
    chair: Option<&String>,
) -> Vec<Cell> {
    let typed = form::of(&unit.details);
    columns
        .iter()
        .map(|column| match column.key {
            "kind" => Cell::from(unit.kind.word()),
            // The number: a name may be another's as well.
            "upper" => upper.map_or(Cell::Nothing, |upper| Cell::Text(upper.number.to_string())),
            "chair" => Cell::from(chair.map_or("", String::as_str)),
            "workers" => unit.details.workers.map_or(Cell::Nothing, Cell::Number),
            "members" => unit.details.members.map_or(Cell::Nothing, Cell::Number),
            key => {
                let value = typed.get(key).unwrap_or_default();
                Cell::from(list_of(key).map_or(value, |list| word_of(list, value, Lang::Zh)))
            }
        })
        .collect()
}

fn described(kind: ImportKind, column: &ImportColumn) -> Column {
    let width = match column.key {
        "name" | "employer_name" | "employer_address" => 36,
        "credit_code" | "employer_credit_code" | "upper" | "unit" => 24,
        _ => 14,
    };
    let choices: Vec<String> = match (kind, column.key) {
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
        (ImportKind::People | ImportKind::Titles | ImportKind::Vetoes, _) => Vec::new(),
    };
    Column {
        heading: column.zh.to_owned(),
        width,
        is_required: column.is_required,
        choices,
    }
}

fn example(kind: ImportKind, key: &str) -> String {
    let text = match (kind, key) {
        (ImportKind::Unions, "name") => return format!("{EXAMPLE_MARK}：常州某某机械有限公司工会"),
        (ImportKind::People, "name") => return format!("{EXAMPLE_MARK}：张某某"),
        (ImportKind::Titles | ImportKind::Vetoes, "unit") => {
            return format!("{EXAMPLE_MARK}：常州某某机械有限公司工会");
        }
        (ImportKind::Titles, "title") => "模范职工之家",
        (ImportKind::Titles, "level") => "市级",
        (ImportKind::Titles, "year") => "2014",
        (ImportKind::Titles, "begun_on") => "2014-12-20",
        (ImportKind::Vetoes, "year") => "2016",
        (ImportKind::Vetoes, "clause") => "V1",
        (ImportKind::Vetoes, "source") => "市人社局〔2016〕12号函",
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

fn notes(kind: ImportKind, columns: &[ImportColumn]) -> Vec<String> {
    let required: Vec<&str> = columns
        .iter()
        .filter(|column| column.is_required)
        .map(|column| column.zh)
        .collect();
    let mut lines = vec![
        "1. 只填第一张工作表，从第二行填起。不要改表头，不要合并单元格，不要在表头上方加别的列。".to_owned(),
        format!("2. 第一格以“{EXAMPLE_MARK}”开头的行是示例，导入时跳过，可以删掉。"),
        format!("3. 必填：{}（表头为红字）。其他不清楚的空着，空着的格不会改掉名册里已有的内容。", required.join("、")),
        "4. 日期写成 2016-03-29；人数只写数字。".to_owned(),
        "5. 上传后先核对每一行的结果，再确认导入。只要有一行不能导入，整张表都不导入，改好再传即可。".to_owned(),
    ];
    match kind {
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
        ImportKind::Titles => lines.extend([
            "6. 持有单位：填名称、登记编号或统一社会信用代码；个人称号还要填名册里的姓名，单位称号这一格空着。".to_owned(),
            "7. 2015年及以前市级以上的模范、优秀称号，导入后由辖市、区或产业工会在光荣册里复核，才可以直接作为信赖一级的候选。".to_owned(),
            "8. 命名日期不知道的空着，按当年最后一天记。已经登记的称号不会被表格改动。".to_owned(),
        ]),
        ImportKind::Vetoes => lines.extend([
            "6. 情形：填条款编号（V1—V11）或名称。来源：哪个部门、哪份文件认定的。".to_owned(),
            "7. 否决情形记在单位的工会上，不记在分工会、小组上。已经登记的不会被表格改动；解除请在“否决登记”里办理。".to_owned(),
        ]),
    }
    lines
}
