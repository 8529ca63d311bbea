// A server on net/http that knows how to leave: on SIGTERM it accepts nothing more, asks clients to
// go with their next answer, and ends with its last connection. HTTP/1.1, cleartext HTTP/2, gRPC and
// TCP echo.
//
//	server VERSION HTTP_PORT HTTP2_PORT TCP_PORT
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const stepMs = 100

var (
	version string
	leaving atomic.Bool
	step    = strings.Repeat("s", 256)
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: server VERSION HTTP_PORT HTTP2_PORT TCP_PORT")
	}
	version = os.Args[1]
	http1, http2 := new(http.Protocols), new(http.Protocols)
	http1.SetHTTP1(true)
	http2.SetUnencryptedHTTP2(true)
	connections := new(counter)
	listeners := []net.Listener{
		serveHTTP(os.Args[2], http1, connections),
		serveHTTP(os.Args[3], http2, connections),
		serveEcho(os.Args[4], connections),
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
	leaving.Store(true)
	// Shutdown would close idle connections under their clients' next requests.
	for _, listener := range listeners {
		listener.Close()
	}
	connections.wait()
}

func listen(port string) net.Listener {
	listener, err := net.Listen("tcp4", "0.0.0.0:"+port)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func serveHTTP(port string, protocols *http.Protocols, connections *counter) net.Listener {
	listener := listen(port)
	server := &http.Server{Handler: http.HandlerFunc(answer), Protocols: protocols, ConnState: connections.changed}
	go func() {
		if err := server.Serve(listener); err != nil && !leaving.Load() {
			log.Fatal(err)
		}
	}()
	return listener
}

func answer(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("X-Version", version)
	if leaving.Load() {
		// On HTTP/2 it makes net/http say GOAWAY, gracefully.
		response.Header().Set("Connection", "close")
	}
	switch {
	case strings.HasPrefix(request.URL.Path, "/baton.Echo/"):
		echoGRPC(response, request)
	case request.URL.Path == "/upload":
		received, _ := io.Copy(io.Discard, request.Body)
		response.Header().Set("X-Received-Bytes", strconv.FormatInt(received, 10))
		fmt.Fprint(response, "received\n")
	case request.URL.Path == "/slow":
		time.Sleep(time.Duration(milliseconds(request.URL)) * time.Millisecond)
		fmt.Fprint(response, "slow\n")
	case request.URL.Path == "/stream":
		stream(response, milliseconds(request.URL))
	default:
		fmt.Fprint(response, "ok\n")
	}
}

func milliseconds(target *url.URL) int {
	ms, _ := strconv.Atoi(target.Query().Get("ms"))
	return ms
}

func stream(response http.ResponseWriter, ms int) {
	steps := max(1, ms/stepMs)
	response.Header().Set("X-Body-Bytes", strconv.Itoa(steps*len(step)))
	for range steps {
		time.Sleep(stepMs * time.Millisecond)
		if _, err := io.WriteString(response, step); err != nil {
			return
		}
		_ = http.NewResponseController(response).Flush()
	}
}

// Unary calls and streams alike want back the bytes that they sent.
func echoGRPC(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("Content-Type", "application/grpc")
	response.Header().Set("Trailer", "Grpc-Status")
	controller := http.NewResponseController(response)
	_ = controller.Flush()
	buffer := make([]byte, 64*1024)
	for {
		n, err := request.Body.Read(buffer)
		if n > 0 {
			if _, failed := response.Write(buffer[:n]); failed != nil {
				return
			}
			_ = controller.Flush()
		}
		if err != nil {
			break
		}
	}
	response.Header().Set("Grpc-Status", "0")
}

func serveEcho(port string, connections *counter) net.Listener {
	listener := listen(port)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				if leaving.Load() {
					return
				}
				log.Fatal(err)
			}
			connections.changed(connection, http.StateNew)
			go func() {
				_, _ = io.Copy(connection, connection)
				connection.Close()
				connections.changed(connection, http.StateClosed)
			}()
		}
	}()
	return listener
}

// Connections that are open.
type counter struct {
	mutex sync.Mutex
	open  map[net.Conn]bool
}

func (c *counter) changed(connection net.Conn, state http.ConnState) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.open == nil {
		c.open = make(map[net.Conn]bool)
	}
	switch state {
	case http.StateNew:
		c.open[connection] = true
	case http.StateClosed, http.StateHijacked:
		delete(c.open, connection)
	}
}

func (c *counter) wait() {
	for {
		c.mutex.Lock()
		left := len(c.open)
		c.mutex.Unlock()
		if left == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}
