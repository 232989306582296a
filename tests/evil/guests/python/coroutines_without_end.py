# Attack: tasks that make tasks
# Tries: to keep the event loop busy after the metric returned
# Ends: out_of_fuel
import asyncio


async def again():
    asyncio.ensure_future(again())
    await asyncio.sleep(3600)
    return await asyncio.gather(again(), again())


async def score(event):
    await again()
    return True
