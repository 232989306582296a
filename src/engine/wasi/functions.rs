//! The table of all functions of WASI preview 1.

use wasmtime::{Caller, Linker};

use super::errno::Errno;
use super::filesystem::{self, OpenArguments};
use super::guest::{self, Guest};
use super::{MODULE, output, system};
use crate::engine::host::HostState;

type Host<'a> = Caller<'a, HostState>;

/// Adds the functions.
pub fn add_to_linker(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    add_system(linker)?;
    add_descriptors(linker)?;
    add_paths(linker)?;
    add_sockets(linker)
}

fn add_system(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(MODULE, "args_get", |host: Host<'_>, _: u32, _: u32| {
        guest::call(host, |_| Ok(()))
    })?;
    linker.func_wrap(MODULE, "args_sizes_get", |host: Host<'_>, count: u32, bytes: u32| {
        guest::call(host, |guest| system::no_texts(guest, count, bytes))
    })?;
    linker.func_wrap(MODULE, "environ_get", |host: Host<'_>, _: u32, _: u32| {
        guest::call(host, |_| Ok(()))
    })?;
    linker.func_wrap(MODULE, "environ_sizes_get", |host: Host<'_>, count: u32, bytes: u32| {
        guest::call(host, |guest| system::no_texts(guest, count, bytes))
    })?;
    linker.func_wrap(MODULE, "clock_res_get", |host: Host<'_>, clock: u32, result: u32| {
        guest::call(host, |guest| system::clock_resolution(guest, clock, result))
    })?;
    linker.func_wrap(
        MODULE,
        "clock_time_get",
        |host: Host<'_>, clock: u32, _precision: u64, result: u32| {
            guest::call(host, |guest| system::clock_time(guest, clock, result))
        },
    )?;
    linker.func_wrap(MODULE, "random_get", |host: Host<'_>, pointer: u32, length: u32| {
        guest::call(host, |guest| system::random(guest, pointer, length))
    })?;
    linker.func_wrap(
        MODULE,
        "poll_oneoff",
        |host: Host<'_>, subscriptions: u32, events: u32, count: u32, happened: u32| {
            guest::call(host, |guest| {
                system::poll(guest, subscriptions, events, count, happened)
            })
        },
    )?;
    linker.func_wrap(MODULE, "sched_yield", |host: Host<'_>| guest::call(host, |_| Ok(())))?;
    linker.func_wrap(MODULE, "proc_exit", |_: Host<'_>, code: i32| -> wasmtime::Result<()> {
        Err(wasmtime::Error::from(system::Exit::Code(code)))
    })?;
    linker.func_wrap(
        MODULE,
        "proc_raise",
        |_: Host<'_>, signal: u32| -> wasmtime::Result<u32> {
            Err(wasmtime::Error::from(system::Exit::Signal(signal)))
        },
    )?;
    Ok(())
}

fn add_descriptors(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "fd_advise",
        |host: Host<'_>, descriptor: u32, _: u64, _: u64, _: u32| {
            guest::call(host, |guest| filesystem::leave_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_allocate",
        |host: Host<'_>, descriptor: u32, _: u64, _: u64| {
            guest::call(host, |guest| filesystem::change_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(MODULE, "fd_close", |host: Host<'_>, descriptor: u32| {
        guest::call(host, |guest| guest.wasi().files.close(descriptor))
    })?;
    linker.func_wrap(MODULE, "fd_datasync", |host: Host<'_>, descriptor: u32| {
        guest::call(host, |guest| filesystem::leave_file(guest, descriptor))
    })?;
    linker.func_wrap(
        MODULE,
        "fd_fdstat_get",
        |host: Host<'_>, descriptor: u32, result: u32| {
            guest::call(host, |guest| filesystem::descriptor_status(guest, descriptor, result))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_fdstat_set_flags",
        |host: Host<'_>, descriptor: u32, _flags: u32| {
            guest::call(host, |guest| filesystem::leave_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_fdstat_set_rights",
        |host: Host<'_>, descriptor: u32, _: u64, _: u64| {
            guest::call(host, |guest| filesystem::leave_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_filestat_get",
        |host: Host<'_>, descriptor: u32, result: u32| {
            guest::call(host, |guest| filesystem::file_status(guest, descriptor, result))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_filestat_set_size",
        |host: Host<'_>, descriptor: u32, _size: u64| {
            guest::call(host, |guest| filesystem::change_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_filestat_set_times",
        |host: Host<'_>, descriptor: u32, _: u64, _: u64, _: u32| {
            guest::call(host, |guest| filesystem::change_file(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_pread",
        |host: Host<'_>, descriptor: u32, buffers: u32, count: u32, from: u64, result: u32| {
            guest::call(host, |guest| {
                filesystem::read(guest, descriptor, (buffers, count), Some(from), result)
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_prestat_get",
        |host: Host<'_>, descriptor: u32, result: u32| {
            guest::call(host, |guest| filesystem::prestat(guest, descriptor, result))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_prestat_dir_name",
        |host: Host<'_>, descriptor: u32, path: u32, length: u32| {
            guest::call(host, |guest| filesystem::prestat_name(guest, descriptor, path, length))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_pwrite",
        |host: Host<'_>, descriptor: u32, _: u32, _: u32, _: u64, _: u32| {
            guest::call(host, |guest| Err(guest.wasi().files.write_error(descriptor)))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_read",
        |host: Host<'_>, descriptor: u32, buffers: u32, count: u32, result: u32| {
            guest::call(host, |guest| {
                filesystem::read(guest, descriptor, (buffers, count), None, result)
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_readdir",
        |host: Host<'_>, descriptor: u32, pointer: u32, length: u32, cookie: u64, result: u32| {
            guest::call(host, |guest| {
                filesystem::list(guest, descriptor, (pointer, length), cookie, result)
            })
        },
    )?;
    linker.func_wrap(MODULE, "fd_renumber", |host: Host<'_>, from: u32, to: u32| {
        guest::call(host, |guest| guest.wasi().files.renumber(from, to))
    })?;
    linker.func_wrap(
        MODULE,
        "fd_seek",
        |host: Host<'_>, descriptor: u32, offset: i64, whence: u32, result: u32| {
            guest::call(host, |guest| {
                filesystem::seek(guest, descriptor, offset, whence, result)
            })
        },
    )?;
    linker.func_wrap(MODULE, "fd_sync", |host: Host<'_>, descriptor: u32| {
        guest::call(host, |guest| filesystem::leave_file(guest, descriptor))
    })?;
    linker.func_wrap(MODULE, "fd_tell", |host: Host<'_>, descriptor: u32, result: u32| {
        guest::call(host, |guest| filesystem::seek(guest, descriptor, 0, 1, result))
    })?;
    linker.func_wrap(
        MODULE,
        "fd_write",
        |host: Host<'_>, descriptor: u32, buffers: u32, count: u32, written: u32| {
            guest::call(host, |guest| output::write(guest, descriptor, buffers, count, written))
        },
    )?;
    Ok(())
}

fn add_paths(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "path_open",
        |host: Host<'_>,
         directory: u32,
         lookup: u32,
         path: u32,
         length: u32,
         flags: u32,
         rights: u64,
         _inherited: u64,
         descriptor_flags: u32,
         result: u32| {
            let arguments = OpenArguments {
                directory,
                lookup,
                path: (path, length),
                flags,
                rights,
                descriptor_flags,
                result,
            };
            guest::call(host, |guest| filesystem::open(guest, &arguments))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "path_filestat_get",
        |host: Host<'_>, descriptor: u32, lookup: u32, path: u32, length: u32, result: u32| {
            guest::call(host, |guest| {
                filesystem::path_status(guest, descriptor, lookup, (path, length), result)
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "path_readlink",
        |host: Host<'_>, descriptor: u32, path: u32, length: u32, _: u32, _: u32, _: u32| {
            guest::call(host, |guest| filesystem::read_link(guest, descriptor, (path, length)))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "path_filestat_set_times",
        |host: Host<'_>, descriptor: u32, _: u32, path: u32, length: u32, _: u64, _: u64, _: u32| {
            guest::call(host, |guest| filesystem::change_path(guest, descriptor, (path, length)))
        },
    )?;
    for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
        linker.func_wrap(
            MODULE,
            name,
            |host: Host<'_>, descriptor: u32, path: u32, length: u32| {
                guest::call(host, |guest| filesystem::change_path(guest, descriptor, (path, length)))
            },
        )?;
    }
    linker.func_wrap(
        MODULE,
        "path_link",
        |host: Host<'_>, _: u32, _: u32, _: u32, _: u32, descriptor: u32, path: u32, length: u32| {
            guest::call(host, |guest| filesystem::change_path(guest, descriptor, (path, length)))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "path_rename",
        |host: Host<'_>, descriptor: u32, path: u32, length: u32, _: u32, _: u32, _: u32| {
            guest::call(host, |guest| filesystem::change_path(guest, descriptor, (path, length)))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "path_symlink",
        |host: Host<'_>, _: u32, _: u32, descriptor: u32, path: u32, length: u32| {
            guest::call(host, |guest| filesystem::change_path(guest, descriptor, (path, length)))
        },
    )?;
    Ok(())
}

fn add_sockets(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "sock_accept",
        |host: Host<'_>, descriptor: u32, _: u32, _: u32| guest::call(host, |guest| no_socket(guest, descriptor)),
    )?;
    linker.func_wrap(
        MODULE,
        "sock_recv",
        |host: Host<'_>, descriptor: u32, _: u32, _: u32, _: u32, _: u32, _: u32| {
            guest::call(host, |guest| no_socket(guest, descriptor))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "sock_send",
        |host: Host<'_>, descriptor: u32, _: u32, _: u32, _: u32, _: u32| {
            guest::call(host, |guest| no_socket(guest, descriptor))
        },
    )?;
    linker.func_wrap(MODULE, "sock_shutdown", |host: Host<'_>, descriptor: u32, _: u32| {
        guest::call(host, |guest| no_socket(guest, descriptor))
    })?;
    Ok(())
}

fn no_socket(guest: &mut Guest<'_>, descriptor: u32) -> Result<(), Errno> {
    if guest.wasi().files.exists(descriptor) {
        Err(Errno::NOTSUP)
    } else {
        Err(Errno::BADF)
    }
}
