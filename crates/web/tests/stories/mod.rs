mod accounts;
mod frame;
mod register;
mod sheets;
mod sign_in;
