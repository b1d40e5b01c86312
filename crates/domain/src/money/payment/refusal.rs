//! Why a payment isn't prepared, approved or entered.

use jianjia_standard::Lang;

use super::RunState;
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentRefusal {
    /// Nothing is released that could be paid.
    NothingToPay,
    TooManyRows {
        most: usize,
    },
    /// Who prepares doesn't approve.
    SamePerson,
    WrongState {
        state: RunState,
    },
    /// The bank details of a unit are others by now, or its grant was taken back.
    RowChanged {
        unit: String,
    },
    NoSuchRow {
        place: i64,
    },
    NotPaid {
        place: i64,
    },
    ReasonMissing,
    ReasonTooLong,
    /// Why it was returned is written, and that it was isn't ticked.
    NotTicked {
        place: i64,
    },
    /// What was granted isn't what the preview showed.
    PreviewChanged,
    /// A row of the bank's list that can't be understood.
    ReturnUnclear {
        row: usize,
    },
    /// The bank details can't be read any more: the key isn't the one they were encrypted with.
    KeyLost {
        unit: String,
    },
    /// The file would be another than the one that was approved.
    FileChanged,
    /// The unit spent some of what the bank is said to have returned.
    SpentAlready {
        unit: String,
    },
}

fn called(state: RunState, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => state.word().rsplit('|').next().unwrap_or_default(),
        Lang::En => state.key(),
    }
}

impl Refuse for PaymentRefusal {
    fn key(&self) -> &'static str {
        match self {
            PaymentRefusal::NothingToPay => "payment/nothing-to-pay",
            PaymentRefusal::TooManyRows { .. } => "payment/too-many-rows",
            PaymentRefusal::SamePerson => "payment/same-person",
            PaymentRefusal::WrongState { .. } => "payment/wrong-state",
            PaymentRefusal::RowChanged { .. } => "payment/row-changed",
            PaymentRefusal::NoSuchRow { .. } => "payment/no-such-row",
            PaymentRefusal::NotPaid { .. } => "payment/not-paid",
            PaymentRefusal::ReasonMissing => "payment/reason-missing",
            PaymentRefusal::ReasonTooLong => "payment/reason-too-long",
            PaymentRefusal::NotTicked { .. } => "payment/not-ticked",
            PaymentRefusal::PreviewChanged => "payment/preview-changed",
            PaymentRefusal::ReturnUnclear { .. } => "payment/return-unclear",
            PaymentRefusal::KeyLost { .. } => "payment/key-lost",
            PaymentRefusal::FileChanged => "payment/file-changed",
            PaymentRefusal::SpentAlready { .. } => "payment/spent-already",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PaymentRefusal::NothingToPay, Lang::Zh) => {
                "现在没有可以付的款：要先批准拨付，单位要登记了银行账号。".to_owned()
            }
            (PaymentRefusal::NothingToPay, Lang::En) => {
                "There is nothing to pay: grants are released first, and their units say where they are paid.".to_owned()
            }
            (PaymentRefusal::TooManyRows { most }, Lang::Zh) => {
                format!("一个批次最多 {most} 笔。请分几批办。")
            }
            (PaymentRefusal::TooManyRows { most }, Lang::En) => {
                format!("A run has {most} payments at most. Prepare several.")
            }
            (PaymentRefusal::SamePerson, Lang::Zh) => {
                "这个批次是您自己制的，不能由您审批：制单和审批要是两个人。请交给另一位审批人。".to_owned()
            }
            (PaymentRefusal::SamePerson, Lang::En) => {
                "You prepared this run, so you can't approve it: it takes two people. Leave it to another approver.".to_owned()
            }
            (PaymentRefusal::WrongState { state }, Lang::Zh) => format!(
                "这个批次现在是“{}”，不能这样办。请刷新看看是不是别人已经办了。",
                called(*state, lang)
            ),
            (PaymentRefusal::WrongState { state }, Lang::En) => format!(
                "This run is {} by now, so this can't be done. Reload the page: somebody else may have done it.",
                called(*state, lang)
            ),
            (PaymentRefusal::RowChanged { unit }, Lang::Zh) => format!(
                "“{unit}”的银行账号或者这笔拨款，在制单以后变了，所以整批都没有审批。请撤回这一批，核对以后重新制单。"
            ),
            (PaymentRefusal::RowChanged { unit }, Lang::En) => format!(
                "The bank details of \"{unit}\", or its grant, changed after the run was prepared, so none of it was approved. Withdraw the run, compare, and prepare it again."
            ),
            (PaymentRefusal::NoSuchRow { place }, Lang::Zh) => {
                format!("这个批次没有第 {place} 笔。请刷新以后再登记。")
            }
            (PaymentRefusal::NoSuchRow { place }, Lang::En) => {
                format!("This run has no payment {place}. Reload the page and enter it again.")
            }
            (PaymentRefusal::NotPaid { place }, Lang::Zh) => {
                format!("第 {place} 笔没有登记到账，不能登记到账后退回。请刷新看看。")
            }
            (PaymentRefusal::NotPaid { place }, Lang::En) => {
                format!("Payment {place} doesn't stand as paid, so it can't be returned now. Reload the page.")
            }
            (PaymentRefusal::ReasonMissing, Lang::Zh) => {
                "请写银行退回的原因，如“户名不符”。".to_owned()
            }
            (PaymentRefusal::ReasonMissing, Lang::En) => {
                "Say why the bank returned it, such as a name that does not match.".to_owned()
            }
            (PaymentRefusal::ReasonTooLong, Lang::Zh) => {
                "退回的原因太长，最多 100 个字。".to_owned()
            }
            (PaymentRefusal::ReasonTooLong, Lang::En) => {
                "The reason is too long: 100 characters at most.".to_owned()
            }
            (PaymentRefusal::NotTicked { place }, Lang::Zh) => format!(
                "第 {place} 笔写了退回的原因，但没有勾选。退回的请勾选；已经到账的请把原因删掉。"
            ),
            (PaymentRefusal::NotTicked { place }, Lang::En) => format!(
                "Payment {place} has a reason and is not ticked. Tick it if it was returned, or take the reason away if it was paid."
            ),
            (PaymentRefusal::PreviewChanged, Lang::Zh) => {
                "要付的款和您刚才看到的不一样了，没有制单。请按下面最新的名单再确认。".to_owned()
            }
            (PaymentRefusal::PreviewChanged, Lang::En) => {
                "What is to be paid is not what you saw any more, so no run was made. Look at the newest list below and confirm it.".to_owned()
            }
            (PaymentRefusal::ReturnUnclear { row }, Lang::Zh) => format!(
                "银行回单第 {row} 行看不明白，整张都没有用：序号和金额要与付款文件一致，结果要写明成功或者失败，一笔只有一行。请改正，或者直接在下面勾选。"
            ),
            (PaymentRefusal::ReturnUnclear { row }, Lang::En) => format!(
                "Row {row} of the bank's list can't be understood, so none of it was used: number and amount are those of our file, the result says paid or failed, and a payment has one row. Correct it, or tick the rows below."
            ),
            (PaymentRefusal::KeyLost { unit }, Lang::Zh) => format!(
                "“{unit}”的银行账号解不开：实例的密钥不是当时那一个。请单位重新登记账号，撤回这一批再制单。"
            ),
            (PaymentRefusal::KeyLost { unit }, Lang::En) => format!(
                "The account number of \"{unit}\" can't be opened: the instance's key is not the one of then. The unit says it again; withdraw the run and prepare another."
            ),
            (PaymentRefusal::FileChanged, Lang::Zh) => {
                "重新生成的付款文件与审批时的校验值不同，没有给出。付款明细可能被改动，请告诉审计员和管理员。".to_owned()
            }
            (PaymentRefusal::FileChanged, Lang::En) => {
                "The file would differ from the one that was approved, so it is not given. The payments may have been changed: tell the auditor and the administrator.".to_owned()
            }
            (PaymentRefusal::SpentAlready { unit }, Lang::Zh) => format!(
                "“{unit}”已经记了这笔钱的支出，不能登记银行退回。请先问清楚，更正支出以后再登记。"
            ),
            (PaymentRefusal::SpentAlready { unit }, Lang::En) => format!(
                "\"{unit}\" has entered spending of this money, so it can't have been returned. Ask first, and take the spending back before this is entered."
            ),
        }
    }

    fn can_be_corrected(&self) -> bool {
        matches!(
            self,
            PaymentRefusal::ReasonMissing
                | PaymentRefusal::ReasonTooLong
                | PaymentRefusal::NotTicked { .. }
                | PaymentRefusal::PreviewChanged
                | PaymentRefusal::ReturnUnclear { .. }
                | PaymentRefusal::NoSuchRow { .. }
        )
    }
}
