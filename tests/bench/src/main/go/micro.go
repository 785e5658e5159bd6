// The loops of the micro-benchmarks, with goroutines on one processor:
//
//	micro LOOP EVENTS WARMUP_MS MEASURE_MS
//
// Prints the nanoseconds and the bytes allocated of one operation. `micro parked COUNT 0 0` prints
// the bytes of heap and stack, and those resident, of one goroutine that waits for a channel.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	tasks    = 20000
	switches = 50000
	rounds   = 20000
	messages = 100000
	waits    = 2000
)

func spawn() int {
	ran := 0
	var left sync.WaitGroup
	for i := 0; i < tasks; i += 1000 {
		left.Add(1000)
		for k := 0; k < 1000; k++ {
			go func() { ran++; left.Done() }()
		}
		left.Wait()
	}
	return tasks
}

func yield() int {
	var both sync.WaitGroup
	both.Add(2)
	for i := 0; i < 2; i++ {
		go func() {
			for k := 0; k < switches/2; k++ {
				runtime.Gosched()
			}
			both.Done()
		}()
	}
	both.Wait()
	return switches
}

func rendezvous() int {
	there, back := make(chan int), make(chan int)
	go func() {
		for i := 0; i < rounds; i++ {
			back <- <-there
		}
	}()
	for i := 0; i < rounds; i++ {
		there <- 1
		<-back
	}
	return rounds
}

func buffered() int {
	channel, end := make(chan int, 64), make(chan int)
	go func() {
		for i := 0; i < messages; i++ {
			<-channel
		}
		end <- 1
	}()
	for i := 0; i < messages; i++ {
		channel <- 1
	}
	<-end
	return messages
}

func selectOf(events int) func() int {
	return func() int {
		channels := make([]chan int, events)
		for i := range channels {
			channels[i] = make(chan int)
		}
		go func() {
			for i := 0; i < waits; i++ {
				channels[i%events] <- 1
			}
		}()
		for i := 0; i < waits; i++ {
			if events == 1 {
				<-channels[0]
			} else {
				select {
				case <-channels[0]:
				case <-channels[1]:
				case <-channels[2]:
				}
			}
		}
		return waits
	}
}

// Repeats a loop for some time. Answers nanoseconds and bytes of one operation.
func measure(loop func() int, millis int) (float64, float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	operations, start := 0, time.Now()
	for time.Since(start) < time.Duration(millis)*time.Millisecond {
		operations += loop()
	}
	nanos := float64(time.Since(start).Nanoseconds())
	runtime.ReadMemStats(&after)
	n := float64(operations)
	return nanos / n, float64(after.TotalAlloc-before.TotalAlloc) / n
}

func resident() int {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			kib, _ := strconv.Atoi(strings.Fields(line)[1])
			return kib * 1024
		}
	}
	return 0
}

func held() int {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return int(now.HeapAlloc + now.StackInuse)
}

func parked(count int) {
	never := make(chan int)
	heldBefore, residentBefore := held(), resident()
	for i := 0; i < count; i++ {
		go func() { <-never }()
	}
	runtime.Gosched()
	residentAfter := resident()
	fmt.Println((held()-heldBefore)/count, (residentAfter-residentBefore)/count)
	runtime.KeepAlive(never)
}

func main() {
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(os.Args[i+2])
	}
	runtime.GOMAXPROCS(1)
	loops := map[string]func() int{
		"spawn": spawn, "switch": yield, "rendezvous": rendezvous, "buffered": buffered,
		"select": selectOf(numbers[0]),
	}
	if os.Args[1] == "parked" {
		parked(numbers[0])
		return
	}
	loop := loops[os.Args[1]]
	measure(loop, numbers[1])
	nanos, bytes := measure(loop, numbers[2])
	fmt.Printf("%.3f %.3f\n", nanos, bytes)
}
